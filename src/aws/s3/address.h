#pragma once
/// Which bucket and key an S3 request means. Pure. Source: S3 User Guide, "Virtual hosting of buckets".

#include "http/http.h"

#include <string>

namespace signalbox::aws::s3 {

/// `/bucket/key` (path style), or `/key` at a host `bucket.s3.REGION.…`, `bucket.s3.…` or `bucket.localhost` (virtual-host style). Decoded.
struct Address {
  std::string bucket;  ///< empty: the service itself
  std::string key;     ///< empty: the bucket itself
};
[[nodiscard]] Address address_of(const http::Request& request);

/// Virtual-host style with a host that nothing but S3 has: `bucket.s3.…`.
[[nodiscard]] bool names_a_bucket_as_host(const http::Request& request);

}  // namespace signalbox::aws::s3
