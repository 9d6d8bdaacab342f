//===- Npy.cpp - NumPy's .npy files ---------------------------------------===//

#include "bn/Runtime/Npy.h"
#include "NpyHeader.h"
#include "bn/Runtime/Error.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace mlir::bn;
using namespace mlir::bn::runtime;
namespace fs = llvm::sys::fs;
namespace endian = llvm::support::endian;

static constexpr StringLiteral kMagic = "\x93NUMPY";
/// A header longer than this is no header.
static constexpr int64_t kMaxHeaderBytes = 1 << 20;
static constexpr int64_t kDataAlignment = 64;

llvm::Error NpyFile::fail(const Twine &message) const {
  return badInput("'" + path + "' cannot be read: " + message);
}

NpyFile::NpyFile(NpyFile &&other)
    : path(std::move(other.path)),
      file(std::exchange(other.file, fs::kInvalidFile)),
      type(std::move(other.type)), dataOffset(other.dataOffset) {}

NpyFile::~NpyFile() {
  if (file != fs::kInvalidFile)
    fs::closeFile(file);
}

llvm::Expected<NpyFile> NpyFile::open(StringRef path) {
  NpyFile npy(path, fs::kInvalidFile);
  fs::file_status status;
  if (std::error_code code = fs::status(path, status))
    return npy.fail(code.message());
  // Asked before opening: opening a pipe may wait for ever.
  if (!fs::is_regular_file(status))
    return npy.fail("it is not a regular file");
  auto file = fs::openNativeFileForRead(path);
  if (!file)
    return npy.fail(llvm::toString(file.takeError()));
  npy.file = *file;
  if (llvm::Error error = npy.readHeader(status.getSize()))
    return error;
  return npy;
}

llvm::Error NpyFile::readBytes(char *data, int64_t bytes, int64_t offset) {
  while (bytes > 0) {
    auto count = fs::readNativeFileSlice(
        file, MutableArrayRef(data, size_t(bytes)), offset);
    if (!count)
      return fail(llvm::toString(count.takeError()));
    if (*count == 0)
      return fail("it is truncated");
    data += *count;
    bytes -= *count;
    offset += *count;
  }
  return llvm::Error::success();
}

llvm::Error NpyFile::readHeader(int64_t fileSize) {
  // Magic, version and the length of the header; the length has two bytes in
  // version 1 and four later.
  char preamble[12];
  int64_t preambleBytes = 10;
  if (fileSize < preambleBytes)
    return fail("it is not a .npy file");
  if (llvm::Error error = readBytes(preamble, preambleBytes, 0))
    return error;
  if (!StringRef(preamble, preambleBytes).starts_with(kMagic))
    return fail("it is not a .npy file");
  unsigned version = static_cast<unsigned char>(preamble[6]);
  unsigned minor = static_cast<unsigned char>(preamble[7]);
  if (version < 1 || version > 3 || minor != 0)
    return fail("its format version is " + Twine(version) + "." + Twine(minor) +
                ", expected 1.0, 2.0 or 3.0");
  int64_t headerBytes = endian::read16le(preamble + 8);
  if (version > 1) {
    preambleBytes = 12;
    if (fileSize < preambleBytes)
      return fail("it is truncated");
    if (llvm::Error error = readBytes(preamble, preambleBytes, 0))
      return error;
    headerBytes = endian::read32le(preamble + 8);
  }
  dataOffset = preambleBytes + headerBytes;
  if (headerBytes > kMaxHeaderBytes || dataOffset > fileSize)
    return fail("its header should have " + Twine(headerBytes) +
                " bytes, more than there are");

  std::string header(headerBytes, '\0');
  if (llvm::Error error = readBytes(header.data(), headerBytes, preambleBytes))
    return error;
  llvm::Expected<ValueType> parsed = parseNpyHeader(header);
  if (!parsed)
    return fail(llvm::toString(parsed.takeError()));
  type = *parsed;
  std::optional<int64_t> dataBytes = type.getNumBytes();
  if (!dataBytes || *dataBytes != fileSize - dataOffset)
    return fail("its header says " + type.str() + ", " +
                (dataBytes ? Twine(*dataBytes) + " bytes"
                           : Twine("more bytes than can be addressed")) +
                ", but " + Twine(fileSize - dataOffset) + " bytes follow");
  return llvm::Error::success();
}

llvm::Error NpyFile::read(Array &array) {
  assert(array.getNumBytes() == *type.getNumBytes() && "another size");
  return readBytes(static_cast<char *>(array.getData()), array.getNumBytes(),
                   dataOffset);
}

llvm::Expected<Array> runtime::readNpy(StringRef path) {
  llvm::Expected<NpyFile> file = NpyFile::open(path);
  if (!file)
    return file.takeError();
  llvm::Expected<Array> array = Array::allocate(file->getType());
  if (!array)
    return array;
  if (llvm::Error error = file->read(*array))
    return error;
  return array;
}

void runtime::writeNpy(const Array &array, llvm::raw_ostream &os) {
  std::string header = printNpyHeader(array.getType());
  size_t preambleBytes = kMagic.size() + 4;
  size_t end = llvm::alignTo(preambleBytes + header.size() + 1, kDataAlignment);
  header.resize(end - preambleBytes - 1, ' ');
  header.push_back('\n');
  os << kMagic << '\1' << '\0' << char(header.size() & 0xff)
     << char(header.size() >> 8) << header;
  os.write(static_cast<const char *>(array.getData()), array.getNumBytes());
}
