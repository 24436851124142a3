#pragma once
/// Zip archives, as code and layers are uploaded.

#include "signalbox/result.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace signalbox::functions {

/// Unpacks into the existing folder `folder`, with each file's permission to be executed and with symbolic links, as Lambda does. Errors:
/// InvalidArgument (not a zip archive, a name that leads outside, encryption, an unknown compression, a wrong checksum), TooLarge (more than `bytes_max`
/// unpacked), Unavailable (disk full). Source: PKWARE's APPNOTE.TXT; stored and deflated entries, no zip64 and no parts, which 250 MB never need.
[[nodiscard]] Result<void> unpack_zip(std::string_view archive, const std::string& folder, std::int64_t bytes_max);

}  // namespace signalbox::functions
