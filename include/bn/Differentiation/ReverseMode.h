//===- ReverseMode.h - Reverse mode on straight-line code -------*- C++ -*-===//

#ifndef BN_DIFFERENTIATION_REVERSEMODE_H
#define BN_DIFFERENTIATION_REVERSEMODE_H

#include "mlir/IR/Builders.h"

namespace mlir::bn {

/// The reverse sweep over one block: seed it with the gradients of what the
/// block computes, run it, and take those of the block's arguments.
class ReverseMode {
public:
  /// Differentiates by the arguments with the numbers `wrt`.
  ReverseMode(Block *block, ArrayRef<unsigned> wrt);

  /// Adds to the gradient of `value`, unless that does not depend on any of the
  /// arguments, or `gradient` is null.
  void addGradient(Value value, Value gradient);

  /// The gradient of `value`; null where it is zero.
  Value getGradient(Value value) const { return gradients.lookup(value); }

  /// Builds the gradients in front of the terminator. Reports an op that has no
  /// derivative where a gradient needs it.
  LogicalResult run();

private:
  LogicalResult visit(Operation *op);

  Block *block;
  OpBuilder b;
  /// Values that depend on an argument which is differentiated by.
  llvm::DenseSet<Value> varied;
  DenseMap<Value, Value> gradients;
};

} // namespace mlir::bn

#endif // BN_DIFFERENTIATION_REVERSEMODE_H
