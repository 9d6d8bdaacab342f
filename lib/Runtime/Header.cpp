//===- Header.cpp - The C interface as a header ---------------------------===//

#include "Header.h"
#include "Lowering.h"
#include "bn/Runtime/Error.h"
#include "bn/Runtime/ValueType.h"
#include "bn/Transforms/FunctionNames.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringExtras.h"
#include <set>

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;

/// The C type of an element, or empty where C has none.
static StringRef getCType(ElementType type) {
  switch (type) {
  case ElementType::Bool:
    return "bool";
  case ElementType::Int8:
    return "int8_t";
  case ElementType::Int16:
    return "int16_t";
  case ElementType::Int32:
    return "int32_t";
  case ElementType::Int64:
  case ElementType::Index:
    return "int64_t";
  case ElementType::UInt8:
    return "uint8_t";
  case ElementType::UInt16:
    return "uint16_t";
  case ElementType::UInt32:
    return "uint32_t";
  case ElementType::UInt64:
    return "uint64_t";
  case ElementType::Float32:
    return "float";
  case ElementType::Float64:
    return "double";
  case ElementType::Float16:
  case ElementType::BFloat16:
    return "";
  }
  llvm_unreachable("unknown element type");
}

static std::string getArrayName(const ValueType &type) {
  return ("bn_" + getName(type.element) + "_" + Twine(type.shape.size()) + "d")
      .str();
}

/// The type of arrays of one element type and rank, and a function that makes
/// one. Several headers may declare it.
static void printArrayType(const ValueType &type, llvm::raw_ostream &os) {
  std::string name = getArrayName(type);
  // Elements that C has no type for are passed as their bits.
  StringRef element = getCType(type.element);
  if (element.empty())
    element = "uint16_t";
  size_t rank = type.shape.size();
  os << "#ifndef " << StringRef(name).upper() << "\n#define "
     << StringRef(name).upper() << "\ntypedef struct {\n  " << element
     << " *allocated, *aligned;\n  int64_t offset";
  if (rank > 0)
    os << ", sizes[" << rank << "], strides[" << rank << "]";
  os << ";\n} " << name << ";\n\n/* A contiguous array. */\nstatic inline "
     << name << " " << name << "_of(" << element << " *data";
  for (size_t dim = 0; dim < rank; ++dim)
    os << ", int64_t size" << dim;
  os << ") {\n  " << name << " array = {data, data, 0";
  if (rank > 0) {
    os << ", {";
    for (size_t dim = 0; dim < rank; ++dim)
      os << (dim ? ", " : "") << "size" << dim;
    os << "}, {";
    for (size_t dim = 0; dim < rank; ++dim) {
      for (size_t inner = dim + 1; inner < rank; ++inner)
        os << (inner > dim + 1 ? " * " : "") << "size" << inner;
      os << (dim + 1 < rank ? ", " : "1");
    }
    os << "}";
  }
  os << "};\n  return array;\n}\n#endif\n\n";
}

/// Whether C can write `name` behind what all names begin with.
static bool isIdentifierEnd(StringRef name) {
  return llvm::all_of(name,
                      [](char c) { return llvm::isAlnum(c) || c == '_'; });
}

/// The types of a function's arguments, out-parameters among them.
static llvm::Expected<SmallVector<ValueType>> getTypes(func::FuncOp func) {
  SmallVector<ValueType> types;
  for (Type type : func.getArgumentTypes()) {
    std::optional<ValueType> valueType = ValueType::get(type);
    if (!valueType ||
        (valueType->isScalar && getCType(valueType->element).empty())) {
      std::string text;
      llvm::raw_string_ostream(text) << type;
      return rejected("argument #" + Twine(types.size()) + " of @" +
                      getVisibleName(func) + " has type " + text +
                      ", which C has no type for");
    }
    types.push_back(*valueType);
  }
  if (llvm::Error error = checkOutParams(func))
    return error;
  return types;
}

llvm::Error runtime::printHeader(ModuleOp module, llvm::raw_ostream &os) {
  os << "/* The C interface of code that bn-runner wrote. Arrays are MLIR's "
        "memref descriptors;\n   results are the last arguments. */\n\n"
        "#include <stdbool.h>\n#include <stdint.h>\n\n"
        "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  std::set<std::string> declared;
  for (auto func : module.getOps<func::FuncOp>()) {
    if (!func.isPublic() || func.isExternal())
      continue;
    StringRef name = getVisibleName(func);
    if (!isIdentifierEnd(name))
      return rejected("@" + name +
                      " has a name that C cannot write, expected " +
                      "letters, digits and underscores");
    auto types = getTypes(func);
    if (!types)
      return types.takeError();
    for (const ValueType &type : *types)
      if (!type.isScalar && declared.insert(getArrayName(type)).second)
        printArrayType(type, os);
    os << "void " << kCInterfacePrefix << name << "(";
    for (auto [index, type] : llvm::enumerate(*types)) {
      os << (index ? ",\n    " : "\n    ")
         << (type.isScalar ? getCType(type.element).str()
                           : "const " + getArrayName(type) + " *")
         << (type.isScalar ? " " : "") << "argument" << index << " /* "
         << type.str() << " */";
    }
    os << (types->empty() ? "void);\n\n" : ");\n\n");
  }
  os << "#ifdef __cplusplus\n}\n#endif\n";
  return llvm::Error::success();
}
