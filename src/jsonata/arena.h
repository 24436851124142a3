#pragma once
/// Storage of a parsed expression: everything in it is trivially destructible and goes at once.

#include <cstddef>
#include <cstring>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace signalbox::jsonata::engine {

class Arena {
 public:
  explicit Arena(std::size_t first_bytes) : next_bytes_(first_bytes) {}
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  template <class T, class... Arguments>
  T* make(Arguments&&... arguments) {
    static_assert(std::is_trivially_destructible_v<T>);
    return new (room(sizeof(T))) T{std::forward<Arguments>(arguments)...};
  }
  template <class T>
  std::span<T> copy(const std::vector<T>& values) {
    static_assert(std::is_trivially_copyable_v<T>);
    if (values.empty()) return {};
    T* const data = static_cast<T*>(room(sizeof(T) * values.size()));
    std::uninitialized_copy(values.begin(), values.end(), data);
    return {data, values.size()};
  }
  std::string_view copy(std::string_view text) {
    if (text.empty()) return {};
    char* const data = static_cast<char*>(room(text.size()));
    std::memcpy(data, text.data(), text.size());
    return {data, text.size()};
  }

 private:
  void* room(std::size_t bytes) {
    bytes = (bytes + 7) / 8 * 8;
    if (left_ < bytes) {
      next_bytes_ = next_bytes_ < bytes ? bytes : next_bytes_;
      blocks_.push_back(std::make_unique_for_overwrite<std::byte[]>(next_bytes_));
      at_ = blocks_.back().get();
      left_ = next_bytes_;
      next_bytes_ *= 2;
    }
    std::byte* const result = at_;
    at_ += bytes;
    left_ -= bytes;
    return result;
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks_;
  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t next_bytes_;
};

}  // namespace signalbox::jsonata::engine
