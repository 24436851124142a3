#pragma once
/// The stored form of the object store's rows.

#include "signalbox/objects.h"

namespace signalbox::objects {

[[nodiscard]] std::string encode_bucket(const BucketRecord& record);
[[nodiscard]] BucketRecord decode_bucket(std::string name, std::string_view bytes);
[[nodiscard]] std::string encode_object(const ObjectRecord& record);
[[nodiscard]] ObjectRecord decode_object(std::string_view bytes);
[[nodiscard]] std::string encode_upload(const UploadRecord& record);
[[nodiscard]] UploadRecord decode_upload(const Key& key, std::string_view bytes);
[[nodiscard]] std::string encode_part(const PartRecord& record);
[[nodiscard]] PartRecord decode_part(std::int64_t number, std::string_view bytes);

}  // namespace signalbox::objects
