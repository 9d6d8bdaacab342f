//===- Syntax.h - What custom syntaxes share --------------------*- C++ -*-===//

#ifndef BN_LIB_IR_SYNTAX_H
#define BN_LIB_IR_SYNTAX_H

#include "mlir/IR/OpImplementation.h"

namespace mlir::bn::detail {

/// Parses the attribute dictionary, if there is one. It may give the op's own
/// attributes too, of the kinds that they have, but those of `written`, which
/// came before.
ParseResult parseAttributes(OpAsmParser &parser, OperationState &state,
                            ArrayRef<StringRef> written);

} // namespace mlir::bn::detail

#endif // BN_LIB_IR_SYNTAX_H
