//===- RuntimeChecks.h - Checks that compiled code makes --------*- C++ -*-===//

#ifndef BN_LIB_TRANSFORMS_RUNTIMECHECKS_H
#define BN_LIB_TRANSFORMS_RUNTIMECHECKS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::bn {

/// `FILE:LINE:COLUMN: `, as far as it is known.
std::string getPlace(Location loc);

/// The address of `text`, which becomes a constant of the module.
Value createText(OpBuilder &b, Location loc, const llvm::Twine &text);

/// An error's text, with numbers that are known only when the program runs.
class RuntimeMessage {
public:
  /// Begins with a place.
  explicit RuntimeMessage(Location place);
  /// Begins with what createText returned.
  explicit RuntimeMessage(Value text);

  RuntimeMessage &operator<<(const llvm::Twine &text);
  RuntimeMessage &operator<<(OpFoldResult number);
  /// `sizes`, with an x behind each.
  RuntimeMessage &addShape(ArrayRef<OpFoldResult> sizes);

private:
  friend void failIf(OpBuilder &, Location, Value, const RuntimeMessage &);

  /// In the language of printf, with %ld or %s for each of `values`.
  std::string format = "error: ";
  SmallVector<Value> values;
};

/// A private function `name`, or similar, that takes `inputs` and does nothing
/// yet. It stays out of its callers: the optimizer would take long with
/// hundreds of checks in one function.
func::FuncOp createPrivateFunction(ModuleOp module, Location loc,
                                   StringRef name, TypeRange inputs);

/// Where `condition` holds, the program prints `message` on standard error and
/// aborts. The call lies in an scf.if, what it calls in a
/// function of its own.
void failIf(OpBuilder &b, Location loc, Value condition,
            const RuntimeMessage &message);

/// Whether any of the pairs of sizes differs, or null where none can.
Value anyDiffers(OpBuilder &b, Location loc, ArrayRef<OpFoldResult> expected,
                 ArrayRef<OpFoldResult> given);

/// Sizes of tensors, in terms of as few values as can be had, and as early: a
/// result's size is followed to what it is computed from.
class SizeResolver {
public:
  SmallVector<OpFoldResult> getSizes(Value tensor);

private:
  OpFoldResult getSize(Value tensor, int64_t dim);
  OpFoldResult trace(OpBuilder &b, Value tensor, int64_t dim);

  DenseMap<std::pair<Value, int64_t>, OpFoldResult> known;
};

/// Checks at run time that `given` is as `expected`, sizes that belong to a
/// tensor of element type `element` which `op` calls `name`; static sizes have
/// been checked already. Where `op` is in the entry block of its function, this
/// happens as soon as the sizes are known.
void checkSizes(Operation *op, const llvm::Twine &name, Type element,
                ArrayRef<OpFoldResult> expected, ArrayRef<OpFoldResult> given);

} // namespace mlir::bn

#endif // BN_LIB_TRANSFORMS_RUNTIMECHECKS_H
