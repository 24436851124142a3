#include "services/keys/sigv4.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "http/text.h"
#include "signalbox/encoding.h"

namespace signalbox::services {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view unsigned_payload = "UNSIGNED-PAYLOAD";
constexpr auto clock_skew_max = minutes(15);
constexpr std::int64_t expires_max = 604'800;  // a week

Error incomplete(const std::string& why) { return error(ErrorCode::Forbidden, why, "IncompleteSignatureException"); }
Error mismatch() {
  return error(
      ErrorCode::Forbidden,
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
      "Consult the service documentation for details.",
      "InvalidSignatureException");
}

std::string sha256_hex(std::string_view bytes) { return hex_encode(digest(DigestAlgorithm::Sha256, bytes)); }

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// `20261124T010203Z`
std::optional<Timestamp> parse_time(std::string_view text) {
  if (text.size() != 16) return std::nullopt;
  const std::string t(text);
  return parse_rfc3339(t.substr(0, 4) + "-" + t.substr(4, 2) + "-" + t.substr(6, 5) + ":" + t.substr(11, 2) + ":" + t.substr(13));
}

bool set_scope(SigV4& out, std::string_view credential) {
  auto parts = split(credential, '/');
  if (parts.size() < 5 || parts.back() != "aws4_request") return false;
  // An access key id may hold slashes in principle; the scope never does.
  const auto n = parts.size();
  out.service = parts[n - 2];
  out.region = parts[n - 3];
  out.date = parts[n - 4];
  out.access_key_id =
      credential.substr(0, credential.size() - out.service.size() - out.region.size() - out.date.size() - parts[n - 1].size() - 4);
  return !out.access_key_id.empty();
}

Result<std::optional<SigV4>> from_header(const http::Request& request, std::string_view header) {
  SigV4 out;
  bool scoped = false;
  for (const auto& part : split(header.substr(algorithm.size()), ',')) {
    const auto field = http::trim(part);
    const auto equals = field.find('=');
    if (equals == std::string_view::npos) return incomplete("Authorization header has a part without '=': " + std::string(field));
    const auto name = field.substr(0, equals), value = field.substr(equals + 1);
    if (name == "Credential") scoped = set_scope(out, value);
    if (name == "SignedHeaders") out.signed_headers = split(value, ';');
    if (name == "Signature") out.signature = value;
  }
  if (!scoped) return incomplete("Authorization header requires 'Credential' parameter: ID/DATE/REGION/SERVICE/aws4_request.");
  if (out.signed_headers.empty()) return incomplete("Authorization header requires 'SignedHeaders' parameter.");
  if (out.signature.empty()) return incomplete("Authorization header requires 'Signature' parameter.");
  out.time = request.headers.get("X-Amz-Date").value_or("");
  if (out.time.empty()) return incomplete("Authorization header requires existence of 'X-Amz-Date' header.");
  return std::optional(std::move(out));
}

Result<std::optional<SigV4>> from_query(const http::Request& request) {
  SigV4 out;
  out.presigned = true;
  if (!set_scope(out, request.query_value("X-Amz-Credential").value_or("")))
    return incomplete("X-Amz-Credential is not ID/DATE/REGION/SERVICE/aws4_request.");
  out.signed_headers = split(request.query_value("X-Amz-SignedHeaders").value_or(""), ';');
  out.signature = request.query_value("X-Amz-Signature").value_or("");
  out.time = request.query_value("X-Amz-Date").value_or("");
  const auto expires = request.query_value("X-Amz-Expires").value_or("");
  std::from_chars(expires.data(), expires.data() + expires.size(), out.expires_seconds);
  if (out.signature.empty() || out.time.empty()) return incomplete("A presigned request requires X-Amz-Signature and X-Amz-Date.");
  if (out.expires_seconds < 1 || out.expires_seconds > expires_max)
    return incomplete("X-Amz-Expires must be between 1 and 604800 seconds.");
  return std::optional(std::move(out));
}

std::string payload_hash(const http::Request& request, const SigV4& given) {
  if (const auto said = request.headers.get("X-Amz-Content-Sha256")) return std::string(*said);
  if (const auto said = request.query_value("X-Amz-Content-Sha256")) return std::string(*said);
  return given.presigned && given.service == "s3" ? std::string(unsigned_payload) : sha256_hex(request.body);
}

/// S3 signs the path as it is sent; all others encode it once more. [IAM User Guide, canonical URI]
std::string canonical_path(const http::Request& request, std::string_view service) {
  if (service == "s3") return request.path;
  std::string out;
  for (const auto& part : split(request.path, '/')) out += percent_encode(part) + "/";
  out.pop_back();
  return out.empty() ? "/" : out;
}

std::string canonical_query(const http::Request& request) {
  std::vector<std::pair<std::string, std::string>> fields;
  const auto question_mark = request.target.find('?');
  if (question_mark != std::string::npos) {
    for (const auto& field : split(std::string_view(request.target).substr(question_mark + 1), '&')) {
      if (field.empty()) continue;
      const auto equals = field.find('=');
      auto name = percent_encode(percent_decode(std::string_view(field).substr(0, equals), false));
      if (name == "X-Amz-Signature") continue;
      fields.emplace_back(std::move(name), equals == std::string::npos
                                               ? std::string()
                                               : percent_encode(percent_decode(std::string_view(field).substr(equals + 1), false)));
    }
  }
  std::sort(fields.begin(), fields.end());
  std::string out;
  for (const auto& [name, value] : fields) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

/// Trimmed, inner runs of spaces made one; repeated headers joined by commas.
std::string canonical_value(const http::Request& request, std::string_view name) {
  std::string out;
  bool first = true;
  for (const auto& [header, value] : request.headers.all()) {
    if (!http::equal_ignoring_case(header, name)) continue;
    if (!std::exchange(first, false)) out += ',';
    for (const char c : http::trim(value)) {
      if (c != ' ' || out.empty() || out.back() != ' ') out += c;
    }
  }
  return out;
}

std::string scope_of(const SigV4& given) { return given.date + "/" + given.region + "/" + given.service + "/aws4_request"; }

Result<void> check_time(const SigV4& given, Timestamp now) {
  const auto time = parse_time(given.time);
  if (!time || given.time.substr(0, 8) != given.date)
    return incomplete("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: " + given.time);
  const bool early = *time > now + clock_skew_max;
  const bool late = given.presigned ? now > *time + seconds(given.expires_seconds) : now > *time + clock_skew_max;
  if (!early && !late) return {};
  return error(ErrorCode::Forbidden,
               std::string("Signature ") + (early ? "not yet current: " : "expired: ") + given.time + " is not close enough to " +
                   format_rfc3339(now),
               "InvalidSignatureException");
}

}  // namespace

Result<std::optional<SigV4>> parse_sigv4(const http::Request& request) {
  const auto header = request.headers.get("Authorization");
  if (header && header->starts_with(algorithm)) return from_header(request, *header);
  if (request.query_value("X-Amz-Algorithm") == algorithm) return from_query(request);
  return std::optional<SigV4>();
}

std::string canonical_request(const http::Request& request, const SigV4& given) {
  std::string out = request.method + "\n" + canonical_path(request, given.service) + "\n" + canonical_query(request) + "\n";
  std::string names;
  for (const auto& name : given.signed_headers) {
    out += name + ":" + canonical_value(request, name) + "\n";
    names += (names.empty() ? "" : ";") + name;
  }
  return out + "\n" + names + "\n" + payload_hash(request, given);
}

std::string sign(const SigV4& scope, std::string_view secret, std::string_view string_to_sign) {
  auto key = hmac_sha256("AWS4" + std::string(secret), scope.date);
  key = hmac_sha256(key, scope.region);
  key = hmac_sha256(key, scope.service);
  key = hmac_sha256(key, "aws4_request");
  return hex_encode(hmac_sha256(key, string_to_sign));
}

Result<void> verify_sigv4(const http::Request& request, const SigV4& given, std::string_view secret, Timestamp now) {
  if (auto timely = check_time(given, now); !timely) return timely;
  if (std::find(given.signed_headers.begin(), given.signed_headers.end(), "host") == given.signed_headers.end()) {
    return error(ErrorCode::Forbidden, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
                 "InvalidSignatureException");
  }
  const auto string_to_sign =
      fmt::format("{}\n{}\n{}\n{}", algorithm, given.time, scope_of(given), sha256_hex(canonical_request(request, given)));
  if (!equal_in_constant_time(sign(given, secret, string_to_sign), given.signature)) return mismatch();
  // The signature covers the hash that the client claims; now the claim itself.
  const auto hash = payload_hash(request, given);
  if (hash != unsigned_payload && !hash.starts_with("STREAMING-") && !equal_in_constant_time(hash, sha256_hex(request.body)))
    return mismatch();
  return {};
}

namespace {

/// Reads an `aws-chunked` body, each signature covering the one before it.
class Chunks {
 public:
  Chunks(const http::Request& request, const SigV4& given, const std::optional<std::string>& secret)
      : given_(given), secret_(secret), rest_(request.body), previous_(given.signature) {
    is_signed_ = secret && payload_hash(request, given).starts_with("STREAMING-AWS4-HMAC-SHA256-PAYLOAD");
  }

  Result<ChunkedBody> read() {
    for (;;) {
      const auto head = line();
      if (!head) return invalid("a chunk has no head");
      std::size_t size = 0;
      if (std::from_chars(head->data(), head->data() + head->size(), size, 16).ec != std::errc()) return invalid("a chunk has no size");
      if (size > rest_.size()) return invalid("it ends inside a chunk");
      const auto chunk = rest_.substr(0, size);
      if (auto checked = check("PAYLOAD", sha256_hex("") + "\n" + (is_signed_ ? sha256_hex(chunk) : ""), after(*head, ";chunk-signature="));
          !checked)
        return checked.error();
      rest_.remove_prefix(size);
      if (size == 0) return read_trailers();
      out_.body.append(chunk);
      if (!line()) return invalid("a chunk is longer than it says");
    }
  }

 private:
  static Error invalid(const char* why) { return error(ErrorCode::InvalidArgument, std::string("not an aws-chunked body: ") + why); }

  static std::string_view after(std::string_view text, std::string_view mark) {
    const auto place = text.find(mark);
    return place == std::string_view::npos ? std::string_view() : text.substr(place + mark.size());
  }

  std::optional<std::string_view> line() {
    const auto end = rest_.find("\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    const auto text = rest_.substr(0, end);
    rest_.remove_prefix(end + 2);
    return text;
  }

  Result<void> check(std::string_view what, const std::string& hashes, std::string_view signature) {
    if (!is_signed_) return {};
    const auto string_to_sign = fmt::format("{}-{}\n{}\n{}\n{}\n{}", algorithm, what, given_.time, scope_of(given_), previous_, hashes);
    previous_ = sign(given_, *secret_, string_to_sign);
    if (!equal_in_constant_time(previous_, signature)) return mismatch();
    return {};
  }

  Result<ChunkedBody> read_trailers() {
    std::string canonical, signature;
    while (const auto text = line()) {
      if (text->empty()) break;
      const auto colon = text->find(':');
      if (colon == std::string_view::npos) return invalid("a trailer has no name");
      const auto name = ascii_lower(http::trim(text->substr(0, colon)));
      const std::string value(http::trim(text->substr(colon + 1)));
      if (name == "x-amz-trailer-signature") {
        signature = value;
      } else {
        canonical += name + ":" + value + "\n";
        out_.trailers.emplace_back(std::move(name), value);
      }
    }
    if (!out_.trailers.empty()) {
      if (auto checked = check("TRAILER", sha256_hex(canonical), signature); !checked) return checked.error();
    }
    return std::move(out_);
  }

  const SigV4& given_;
  const std::optional<std::string>& secret_;
  std::string_view rest_;
  std::string previous_;
  bool is_signed_ = false;
  ChunkedBody out_;
};

}  // namespace

Result<ChunkedBody> decode_chunks(const http::Request& request, const SigV4& given, const std::optional<std::string>& secret) {
  return Chunks(request, given, secret).read();
}

}  // namespace signalbox::services
