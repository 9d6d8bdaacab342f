//===- Passes.h - Transformations around the bn dialect ---------*- C++ -*-===//

#ifndef BN_TRANSFORMS_PASSES_H
#define BN_TRANSFORMS_PASSES_H

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/Pass.h"

namespace mlir::bn {

/// What a module can be brought to.
enum class Stage { Linalg, MemRef, Affine, LLVM };

#define GEN_PASS_DECL
#include "bn/Transforms/Passes.h.inc"

#define GEN_PASS_REGISTRATION
#include "bn/Transforms/Passes.h.inc"

} // namespace mlir::bn

#endif // BN_TRANSFORMS_PASSES_H
