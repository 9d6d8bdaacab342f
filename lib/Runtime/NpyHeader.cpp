//===- NpyHeader.cpp - The dictionary in a .npy file ----------------------===//

#include "NpyHeader.h"
#include "bn/Runtime/Error.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

namespace {
/// A parser of just the Python that NumPy writes. Each `parse` method skips
/// leading space and returns nothing where the text is something else.
class HeaderParser {
public:
  HeaderParser(StringRef text) : rest(text) {}

  llvm::Expected<ValueType> parse();

private:
  bool consume(StringRef token) {
    rest = rest.ltrim();
    return rest.consume_front(token);
  }
  std::optional<StringRef> parseString();
  std::optional<bool> parseBool();
  std::optional<SmallVector<int64_t>> parseShape();

  StringRef rest;
};
} // namespace

std::optional<StringRef> HeaderParser::parseString() {
  for (StringRef quote : {"'", "\""}) {
    if (!consume(quote))
      continue;
    auto [text, after] = rest.split(quote);
    if (text.size() == rest.size())
      return std::nullopt;
    rest = after;
    return text;
  }
  return std::nullopt;
}

std::optional<bool> HeaderParser::parseBool() {
  if (consume("True"))
    return true;
  if (consume("False"))
    return false;
  return std::nullopt;
}

std::optional<SmallVector<int64_t>> HeaderParser::parseShape() {
  if (!consume("("))
    return std::nullopt;
  SmallVector<int64_t> shape;
  while (!consume(")")) {
    int64_t size;
    rest = rest.ltrim();
    if (rest.consumeInteger(10, size) || size < 0)
      return std::nullopt;
    shape.push_back(size);
    // Python 2 wrote long integers with a suffix.
    consume("L");
    bool hasComma = consume(",");
    // One number in parentheses is no tuple without its comma.
    if (!hasComma && (shape.size() == 1 || !rest.ltrim().starts_with(")")))
      return std::nullopt;
  }
  return shape;
}

llvm::Expected<ValueType> HeaderParser::parse() {
  std::optional<StringRef> descr;
  std::optional<bool> isFortranOrder;
  std::optional<SmallVector<int64_t>> shape;
  if (!consume("{"))
    return badInput("its header is not a dictionary");
  while (!consume("}")) {
    std::optional<StringRef> key = parseString();
    if (!key || !consume(":"))
      return badInput("its header is not a dictionary");
    if (*key == "descr") {
      if (!(descr = parseString()))
        return badInput("its 'descr' is not a string; arrays of records are "
                        "not supported");
    } else if (*key == "fortran_order") {
      if (!(isFortranOrder = parseBool()))
        return badInput("its 'fortran_order' is neither True nor False");
    } else if (*key == "shape") {
      if (!(shape = parseShape()))
        return badInput("its 'shape' is not a tuple of sizes");
    } else {
      return badInput("its header has an unknown key '" + *key + "'");
    }
    if (!consume(",") && !rest.ltrim().starts_with("}"))
      return badInput("its header is not a dictionary");
  }
  if (!rest.trim().empty())
    return badInput("its header goes on after the dictionary");
  if (!descr || !isFortranOrder || !shape)
    return badInput(
        "its header lacks one of 'descr', 'fortran_order' and 'shape'");

  if (descr->starts_with(">"))
    return badInput("its elements ('" + *descr +
                    "') are big-endian, expected little-endian");
  std::optional<ElementType> element = parseNpyDescr(*descr);
  if (!element)
    return badInput("its element type '" + *descr +
                    "' is none of bool, (u)int8 to (u)int64, float16, float32, "
                    "float64 and bfloat16 ('<V2')");
  if (*isFortranOrder)
    return badInput("its elements are in Fortran order, expected C order");
  return ValueType::getArray(*element, *shape);
}

llvm::Expected<ValueType> runtime::parseNpyHeader(StringRef text) {
  return HeaderParser(text).parse();
}

std::string runtime::printNpyHeader(const ValueType &type) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << "{'descr': '" << getNpyDescr(type.element)
     << "', 'fortran_order': False, 'shape': (";
  llvm::interleaveComma(type.shape, os);
  os << (type.shape.size() == 1 ? ",), }" : "), }");
  return text;
}
