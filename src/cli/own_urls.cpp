#include "cli/own_urls.h"

namespace signalbox::cli {

namespace {

void replace_all(std::string& text, std::string_view placeholder, std::string_view value) {
  for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size()))
    text.replace(at, placeholder.size(), value);
}

}  // namespace

void OwnUrls::set(std::string admin, std::string open) {
  const std::lock_guard lock(mutex_);
  admin_ = std::move(admin);
  open_ = std::move(open);
}

std::string OwnUrls::admin() const {
  const std::lock_guard lock(mutex_);
  return admin_;
}

std::string OwnUrls::open() const {
  const std::lock_guard lock(mutex_);
  return open_;
}

std::string OwnUrls::resolve(std::string_view text) const {
  std::string resolved(text);
  if (resolved.find(own_url_mark) == std::string::npos) return resolved;
  replace_all(resolved, "${signalbox:admin-url}", admin());
  replace_all(resolved, "${signalbox:public-url}", open());
  return resolved;
}

}  // namespace signalbox::cli
