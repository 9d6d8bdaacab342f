//===- Argument.cpp - Arguments given in words ----------------------------===//

#include "bn/Runtime/Argument.h"
#include "Number.h"
#include "bn/Runtime/Error.h"
#include "bn/Runtime/Fill.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

static std::string describe(StringRef text, unsigned position) {
  return ("argument #" + Twine(position) + " (--arg=" + text + ")").str();
}

std::string Argument::getContext() const { return describe(text, position); }

/// Parses `3x4xf32`. The element type is what follows the last size: `index`
/// has an x of its own.
static std::optional<ValueType> parseArrayType(StringRef text) {
  SmallVector<int64_t> shape;
  while (!text.empty() && llvm::isDigit(text.front())) {
    int64_t size;
    if (text.consumeInteger(10, size) || !text.consume_front("x"))
      return std::nullopt;
    shape.push_back(size);
  }
  std::optional<ElementType> element = parseElementType(text);
  if (!element)
    return std::nullopt;
  return ValueType::getArray(*element, shape);
}

llvm::Expected<Argument::Fill>
Argument::parseFill(Fill::Kind kind, StringRef parameters, unsigned position) {
  Fill fill{kind, std::nullopt, position};
  if (parameters.empty())
    return fill;
  if (!parameters.consume_front("(") || !parameters.consume_back(")"))
    return badInput("expected '(' and ')' around the parameters");
  SmallVector<StringRef> parts;
  parameters.split(parts, ',');
  bool hasSeed = false;
  for (StringRef part : parts) {
    part = part.trim();
    bool isNamed = part.consume_front("seed=");
    if (kind == Fill::Random && !hasSeed && (isNamed || parts.size() == 1) &&
        !part.getAsInteger(10, fill.seed))
      hasSeed = true;
    else if (!isNamed && !fill.type && (fill.type = parseArrayType(part)))
      continue;
    else
      return badInput(kind == Fill::Random
                          ? "expected random, random(SEED), random(TYPE) or "
                            "random(TYPE, seed=SEED), with a type like 3x4xf32"
                          : "expected no parameter or a type like 3x4xf32");
  }
  return fill;
}

llvm::Expected<Argument::Source> Argument::parseSource(StringRef text,
                                                       unsigned position) {
  for (auto [word, kind] : {std::pair(StringRef("zeros"), Fill::Zeros),
                            std::pair(StringRef("ones"), Fill::Ones),
                            std::pair(StringRef("random"), Fill::Random)}) {
    StringRef rest = text;
    if (rest.consume_front(word) && (rest.empty() || rest.starts_with("(")))
      return parseFill(kind, rest, position);
  }
  if (looksLikeNumber(text))
    return Number();
  return NpyFile::open(text);
}

llvm::Expected<Argument> Argument::parse(StringRef text, unsigned position) {
  llvm::Expected<Source> source = parseSource(text, position);
  if (!source)
    return addContext(describe(text, position), source.takeError());
  return Argument(text, position, std::move(*source));
}

llvm::Expected<ValueType> Argument::resolve(const ValueType &declared) const {
  std::optional<ValueType> given;
  if (auto *file = std::get_if<NpyFile>(&source))
    given = file->getType();
  else if (auto *fill = std::get_if<Fill>(&source))
    given = fill->type;
  else if (!declared.shape.empty())
    return badInput(getContext() + ": expected an array of " + declared.str() +
                    ", got a number");

  if (!given && !declared.isStatic())
    return badInput(getContext() + ": the type " + declared.str() +
                    " is dynamic, expected a type in parentheses, like " +
                    text + "(3x4x" + getName(declared.element) + ")");
  // An array of rank 0 and a scalar are described alike.
  if (given && given->shape.empty())
    given->isScalar = declared.isScalar;
  if (given && !declared.accepts(*given))
    return badInput(getContext() + ": expected " + declared.str() + ", got " +
                    given->str());
  // Where integers differ in sign, the program's view counts.
  ValueType type = declared;
  if (given)
    type.shape = given->shape;
  auto *fill = std::get_if<Fill>(&source);
  if (fill && fill->kind == Fill::Random && !isFloat(type.element))
    return badInput(getContext() + ": expected " + type.str() +
                    ", but random gives floats only");
  // Before a program is compiled for it.
  if (!type.getNumBytes())
    return badInput(getContext() + ": an array of " + type.str() +
                    " is too large");
  return type;
}

llvm::Expected<Array> Argument::load(const ValueType &type) {
  llvm::Expected<Array> array = Array::allocate(type);
  if (!array)
    return addContext(getContext(), array.takeError());
  if (auto *file = std::get_if<NpyFile>(&source)) {
    if (llvm::Error error = file->read(*array))
      return addContext(getContext(), std::move(error));
  } else if (auto *fill = std::get_if<Fill>(&source)) {
    if (fill->kind == Fill::Random)
      fillRandom(*array, fill->seed);
    else
      fillConstant(*array, fill->kind == Fill::Ones ? 1 : 0);
  } else if (!parseNumber(text, type.element, array->getData())) {
    return badInput(getContext() + ": expected a number that fits in " +
                    getName(type.element));
  }
  return array;
}
