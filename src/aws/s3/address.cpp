#include "aws/s3/address.h"

#include "signalbox/encoding.h"

namespace signalbox::aws::s3 {

namespace {

std::string_view host_of(const http::Request& request) {
  const auto host = request.headers.get("Host").value_or("");
  return host.substr(0, host.rfind(':'));
}

/// What stands before `.s3.` or `.s3-` in the host; a bucket's name may hold dots.
std::string_view before_s3(std::string_view host) {
  const auto dot = host.find(".s3.");
  const auto dash = host.find(".s3-");
  const auto end = std::min(dot, dash);
  return end == std::string_view::npos ? std::string_view() : host.substr(0, end);
}

std::string_view before_localhost(std::string_view host) {
  constexpr std::string_view suffix = ".localhost";
  if (!host.ends_with(suffix)) return {};
  const auto bucket = host.substr(0, host.size() - suffix.size());
  return bucket == "s3" ? std::string_view() : bucket;
}

}  // namespace

Address address_of(const http::Request& request) {
  const auto host = host_of(request);
  auto bucket = before_s3(host);
  if (bucket.empty()) bucket = before_localhost(host);
  std::string_view path = request.path;
  if (path.starts_with('/')) path.remove_prefix(1);
  if (!bucket.empty()) return {std::string(bucket), percent_decode(path, false)};
  const auto slash = path.find('/');
  return {percent_decode(path.substr(0, slash), false),
          slash == std::string_view::npos ? std::string() : percent_decode(path.substr(slash + 1), false)};
}

bool names_a_bucket_as_host(const http::Request& request) { return !before_s3(host_of(request)).empty(); }

}  // namespace signalbox::aws::s3
