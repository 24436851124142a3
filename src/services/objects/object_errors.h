#pragma once
/// S3's errors: codes, texts, statuses. Source: S3 API Reference, "Error responses".

#include "signalbox/result.h"

#include <string>
#include <string_view>

namespace signalbox::objects {

/// An operating error whose `where` is S3's code. `message` empty: S3's usual text for the code. Precondition: a code of the table.
[[nodiscard]] Error object_error(std::string_view code, std::string message = {});

/// What S3 answers for an error of the object store or of the daemon.
struct S3Error {
  std::string code, message;
  int status = 500;
};
[[nodiscard]] S3Error s3_error(const Error& error);

}  // namespace signalbox::objects
