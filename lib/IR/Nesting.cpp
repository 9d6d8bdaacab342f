//===- Nesting.cpp - Programs that MLIR's parser cannot take --------------===//

#include "bn/IR/Nesting.h"
#include "mlir/Bytecode/BytecodeReader.h"

using namespace mlir;

static constexpr int64_t kMaxNesting = 256;

/// Where the comment or string that begins at `i` ends, or `i`.
static size_t skipText(StringRef text, size_t i) {
  if (text.substr(i).starts_with("//"))
    return text.find('\n', i);
  if (text[i] != '"')
    return i;
  size_t end = i + 1;
  while (end < text.size() && text[end] != '"' && text[end] != '\n')
    end += text[end] == '\\' ? 2 : 1;
  return end;
}

llvm::Error bn::checkNesting(llvm::MemoryBufferRef source) {
  if (isBytecode(source))
    return llvm::Error::success();
  StringRef text = source.getBuffer();
  int64_t depth = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    i = skipText(text, i);
    if (i >= text.size())
      break;
    // Comparisons and arrows are no brackets.
    if (text.substr(i).starts_with("<=") || text.substr(i).starts_with(">=") ||
        text.substr(i).starts_with("->"))
      ++i;
    else if (StringRef("([{<").contains(text[i]))
      ++depth;
    else if (depth > 0 && StringRef(")]}>").contains(text[i]))
      --depth;
    if (depth > kMaxNesting)
      return llvm::createStringError("brackets are nested more than " +
                                     Twine(kMaxNesting) + " deep");
  }
  return llvm::Error::success();
}
