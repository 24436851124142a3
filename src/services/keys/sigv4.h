#pragma once
/// AWS Signature Version 4, verified. Pure. Source: AWS IAM User Guide, "Create a signed AWS API request"; S3 API Reference,
/// "Signature Calculations: Transferring Payload in Multiple Chunks".

#include "http/http.h"
#include "signalbox/ids.h"
#include "signalbox/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace signalbox::services {

/// What a signed request says of its signature, in its Authorization header or, presigned, in its query.
struct SigV4 {
  std::string access_key_id, date, region, service;  ///< the credential scope; date as `20261124`
  std::vector<std::string> signed_headers;           ///< lower case, in order
  std::string signature;                             ///< 64 hex digits
  std::string time;                                  ///< `20261124T010203Z`
  std::int64_t expires_seconds = 0;                  ///< presigned only
  bool presigned = false;
};

/// Nothing if the request is not signed at all. Errors: Forbidden, `where` being AWS's code (IncompleteSignatureException).
[[nodiscard]] Result<std::optional<SigV4>> parse_sigv4(const http::Request& request);

/// Checks time (15 minutes either way; a presigned one's expiry) and signature, any region and service. A payload may be signed, unsigned
/// (`UNSIGNED-PAYLOAD`) or sent in chunks (`STREAMING-AWS4-HMAC-SHA256-PAYLOAD`, with `-TRAILER`, or `STREAMING-UNSIGNED-PAYLOAD-TRAILER`); of
/// chunks this checks the seed only, decode_chunks() the rest. Errors: Forbidden with AWS's code and text.
[[nodiscard]] Result<void> verify_sigv4(const http::Request& request, const SigV4& given, std::string_view secret, Timestamp now);

struct ChunkedBody {
  std::string body;
  std::vector<std::pair<std::string, std::string>> trailers;  ///< names in lower case
};
/// The body of a request sent as `aws-chunked`. Without a secret no signature is looked at; with one, those of the chunks and of the trailers are
/// checked where they are signed. Errors: Forbidden, InvalidArgument.
[[nodiscard]] Result<ChunkedBody> decode_chunks(const http::Request& request, const SigV4& given, const std::optional<std::string>& secret);

/// For tests and for whoever sends: the hex signature of a canonical request.
[[nodiscard]] std::string canonical_request(const http::Request& request, const SigV4& given);
[[nodiscard]] std::string sign(const SigV4& scope, std::string_view secret, std::string_view string_to_sign);

}  // namespace signalbox::services
