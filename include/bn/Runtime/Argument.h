//===- Argument.h - Arguments given in words --------------------*- C++ -*-===//

#ifndef BN_RUNTIME_ARGUMENT_H
#define BN_RUNTIME_ARGUMENT_H

#include "bn/Runtime/Npy.h"
#include <variant>

namespace mlir::bn::runtime {

/// An argument of a function, described by one of
///
///   PATH                                 a .npy file
///   NUMBER                               a scalar, or an array of rank 0
///   zeros | ones | random                where the declared type is static
///   zeros(TYPE) | ones(TYPE)             with a type like 3x4xf32
///   random(SEED) | random(TYPE) | random(TYPE, seed=SEED)
///
/// `random` fills arrays of floats as fillRandom does; its seed is the position
/// of the argument where none is given, so that no two arguments are alike. A
/// file whose name reads like another form can be written ./NAME.
///
/// Failures are of kind BadInput and name the position and the description.
class Argument {
public:
  /// Parses the description of argument number `position`. A file is opened and
  /// its header read.
  static llvm::Expected<Argument> parse(StringRef text, unsigned position);

  /// The static type of this argument, where `declared` is asked for.
  llvm::Expected<ValueType> resolve(const ValueType &declared) const;

  /// The value, for a type that `resolve` returned.
  llvm::Expected<Array> load(const ValueType &type);

private:
  struct Number {};
  struct Fill {
    enum Kind { Zeros, Ones, Random } kind;
    std::optional<ValueType> type;
    uint64_t seed;
  };
  using Source = std::variant<Number, Fill, NpyFile>;

  Argument(StringRef text, unsigned position, Source source)
      : text(text), position(position), source(std::move(source)) {}

  static llvm::Expected<Source> parseSource(StringRef text, unsigned position);
  static llvm::Expected<Fill> parseFill(Fill::Kind kind, StringRef parameters,
                                        unsigned position);
  std::string getContext() const;

  std::string text;
  unsigned position;
  Source source;
};

} // namespace mlir::bn::runtime

#endif // BN_RUNTIME_ARGUMENT_H
