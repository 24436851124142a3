#pragma once
/// The checksums that S3's newer clients send. Source: S3 User Guide, "Checking object integrity".

#include "signalbox/objects.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::objects {

/// `CRC32`, `CRC32C`, `CRC64NVME`, `SHA1`, `SHA256`.
[[nodiscard]] bool is_checksum_algorithm(std::string_view name);
/// All of them, in AWS's order.
[[nodiscard]] const std::vector<std::string>& checksum_algorithms();

/// Base64 of the checksum. Precondition: is_checksum_algorithm.
[[nodiscard]] std::string checksum_of(std::string_view algorithm, std::string_view bytes);

/// The checksum of an object uploaded in parts: of the whole, made from those of the parts, or of the parts' checksums. Nothing if the upload asked for none.
[[nodiscard]] std::optional<Checksum> checksum_of_parts(const UploadRecord& upload, const std::vector<PartRecord>& parts);

/// Raw bytes of lower-case hex; empty if it is none.
[[nodiscard]] std::string bytes_of_hex(std::string_view hex);

}  // namespace signalbox::objects
