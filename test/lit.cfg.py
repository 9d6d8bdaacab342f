"""Configuration of the tests: run `./dev check`, or lit on build/test."""

import os
import platform
import shutil
import subprocess

import lit.formats

config.name = "bn"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs", "golden", "oracle", "CMakeLists.txt"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.bn_test_exec_root

config.substitutions.append(("%python", "/usr/bin/python3"))
config.substitutions.append(
    ("%oracle", os.path.join(config.test_source_root, "oracle")))
config.substitutions.append(("%bn_build", config.bn_build_dir))
config.substitutions.append(("%mlir_cmake_dir", config.mlir_cmake_dir))
config.substitutions.append(("%cc", config.c_compiler))
config.substitutions.append(
    ("%omp", f"{config.bn_omp_library} -Wl,-rpath,{os.path.dirname(config.bn_omp_library)}"))
# A program must be linked with the sanitizers that its libraries use.
sanitizers = f"-fsanitize={config.bn_sanitizers}" if config.bn_sanitizers else ""
config.substitutions.append(("%bn_cmake_flags", f"-DCMAKE_CXX_FLAGS={sanitizers}"))
config.environment["PATH"] = os.pathsep.join(
    [config.bn_tools_dir, config.llvm_tools_dir, os.environ["PATH"]])
if "address" in config.bn_sanitizers:
    config.available_features.add("asan")
# PyTorch is a reference where it is there, and no requirement.
find_torch = "from importlib.util import find_spec; exit(not find_spec('torch'))"
if subprocess.run(["/usr/bin/python3", "-c", find_torch]).returncode == 0:
    config.available_features.add("torch")
# Kernels run under it compiled for x86-64.
if shutil.which("valgrind") and platform.machine() == "x86_64":
    config.available_features.add("valgrind")
# One cached byte-code file less to write next to the sources.
config.environment["PYTHONDONTWRITEBYTECODE"] = "1"
