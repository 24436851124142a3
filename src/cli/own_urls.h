#pragma once
/// The daemon's own URLs. Stored values hold placeholders for them, so that changed ports and names break nothing.

#include <mutex>
#include <string>
#include <string_view>

namespace signalbox::cli {

/// What every placeholder begins with.
inline constexpr std::string_view own_url_mark = "${signalbox:";

/// Known once the listeners are open; asked from both threads.
class OwnUrls {
 public:
  void set(std::string admin, std::string open);
  [[nodiscard]] std::string admin() const;
  [[nodiscard]] std::string open() const;  ///< the public URL, no slash at its end
  /// The text with `${signalbox:admin-url}` and `${signalbox:public-url}` filled in.
  [[nodiscard]] std::string resolve(std::string_view text) const;

 private:
  mutable std::mutex mutex_;
  std::string admin_, open_;
};

}  // namespace signalbox::cli
