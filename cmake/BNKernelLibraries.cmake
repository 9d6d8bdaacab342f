# BN::omp and BN::mlir_c_runner_utils: the libraries that kernels call, found
# beside LLVM's others, by the build and by the installed package alike. (MLIR's
# own target of the latter name would bring static copies of its libraries.)
foreach(name omp mlir_c_runner_utils)
  find_library(BN_${name}_LIBRARY ${name} HINTS ${LLVM_LIBRARY_DIR} REQUIRED)
  add_library(BN::${name} UNKNOWN IMPORTED GLOBAL)
  set_target_properties(BN::${name} PROPERTIES
    IMPORTED_LOCATION ${BN_${name}_LIBRARY})
endforeach()
