//===- LossCurve.cpp - A picture of how training went ---------------------===//

#include "LossCurve.h"
#include "llvm/Support/FormatVariadic.h"
#include <algorithm>
#include <cmath>

static constexpr double kWidth = 640, kHeight = 360, kMargin = 50;

void writeLossCurve(llvm::ArrayRef<float> losses, llvm::StringRef title,
                    llvm::raw_ostream &os) {
  // From one power of ten to another.
  auto exponent = [](float loss) {
    return std::log10(std::max<double>(loss, 1e-6));
  };
  double low = -1, high = 0;
  for (float loss : losses) {
    low = std::min(low, std::floor(exponent(loss)));
    high = std::max(high, std::ceil(exponent(loss)));
  }
  auto x = [&](double step) {
    return kMargin + step / losses.size() * (kWidth - 2 * kMargin);
  };
  auto y = [&](double exponent) {
    return kMargin + (high - exponent) / (high - low) * (kHeight - 2 * kMargin);
  };

  os << llvm::formatv(
      "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {0} {1}' "
      "font-family='sans-serif' font-size='12'>\n"
      "<rect width='{0}' height='{1}' fill='white'/>\n"
      "<text x='{2}' y='{3}' text-anchor='middle' font-size='15'>{4}</text>\n",
      kWidth, kHeight, kWidth / 2, kMargin / 2, title);
  for (double decade = low; decade <= high; ++decade)
    os << llvm::formatv(
        "<line x1='{0}' x2='{1}' y1='{2:f1}' y2='{2:f1}' stroke='#ddd'/>\n"
        "<text x='{3}' y='{4:f1}' text-anchor='end'>{5}</text>\n",
        x(0), kWidth - kMargin, y(decade), x(0) - 8, y(decade) + 4,
        std::pow(10, decade));
  os << llvm::formatv("<text x='{0}' y='{1}'>loss</text>\n", 8, kMargin - 12);
  for (int part = 0; part <= 4; ++part) {
    size_t step = losses.size() * part / 4;
    os << llvm::formatv(
        "<text x='{0:f1}' y='{1}' text-anchor='middle'>{2}{3}</text>\n",
        x(step), kHeight - kMargin + 20, part == 4 ? "step " : "", step);
  }
  os << "<polyline fill='none' stroke='#1f6fb4' stroke-width='1.5' points='";
  for (auto [step, loss] : llvm::enumerate(losses))
    os << llvm::formatv("{0:f1},{1:f1} ", x(step + 1), y(exponent(loss)));
  os << "'/>\n</svg>\n";
}
