#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "signalbox/encoding.h"
#include "signalbox/result.h"

namespace signalbox {

namespace {

const char* name_of(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::Md5: return "MD5";
    case DigestAlgorithm::Sha1: return "SHA1";
    case DigestAlgorithm::Sha256: return "SHA256";
    case DigestAlgorithm::Sha384: return "SHA384";
    case DigestAlgorithm::Sha512: return "SHA512";
  }
  return nullptr;
}

/// One algorithm with a context to run it in. OpenSSL 3 looks an algorithm up anew at every use of EVP_sha256() and allocates for every
/// EVP_Digest(), which together cost several times the hashing of a short text; tokens and random numbers need many of those.
class Hasher {
 public:
  explicit Hasher(DigestAlgorithm algorithm) : algorithm_(EVP_MD_fetch(nullptr, name_of(algorithm), nullptr)), context_(EVP_MD_CTX_new()) {
    SIGNALBOX_ASSERT(algorithm_ && context_);
  }
  ~Hasher() {
    EVP_MD_CTX_free(context_);
    EVP_MD_free(algorithm_);
  }
  Hasher(const Hasher&) = delete;
  Hasher& operator=(const Hasher&) = delete;

  void begin() { SIGNALBOX_ASSERT(EVP_DigestInit_ex2(context_, algorithm_, nullptr) == 1); }
  void put(std::string_view bytes) { SIGNALBOX_ASSERT(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1); }
  /// Writes the digest to `out`, which must have room for it; gives its length.
  std::size_t end(char* out) {
    unsigned int size = 0;
    SIGNALBOX_ASSERT(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(out), &size) == 1);
    return size;
  }

 private:
  EVP_MD* algorithm_;
  EVP_MD_CTX* context_;
};

Hasher& hasher_of(DigestAlgorithm algorithm) {
  thread_local std::array<std::unique_ptr<Hasher>, 5> hashers;
  auto& hasher = hashers[static_cast<std::size_t>(algorithm)];
  if (!hasher) hasher = std::make_unique<Hasher>(algorithm);
  return *hasher;
}

}  // namespace

std::string digest(DigestAlgorithm algorithm, std::string_view bytes) {
  char out[EVP_MAX_MD_SIZE];
  Hasher& hasher = hasher_of(algorithm);
  hasher.begin();
  hasher.put(bytes);
  const auto size = hasher.end(out);
  return {out, size};
}

/// RFC 2104.
std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t block = 64, digest_bytes = 32;
  const std::string short_key = key.size() > block ? digest(DigestAlgorithm::Sha256, key) : std::string();
  if (key.size() > block) key = short_key;
  const auto padded_with = [&](char padding) {
    std::array<char, block> padded;
    padded.fill(padding);
    for (std::size_t i = 0; i < key.size(); ++i) padded[i] = static_cast<char>(padded[i] ^ key[i]);
    return padded;
  };
  const auto inner = padded_with(0x36), outer = padded_with(0x5c);
  Hasher& hasher = hasher_of(DigestAlgorithm::Sha256);
  std::string out(digest_bytes, '\0');
  hasher.begin();
  hasher.put({inner.data(), inner.size()});
  hasher.put(bytes);
  hasher.end(out.data());
  hasher.begin();
  hasher.put({outer.data(), outer.size()});
  hasher.put(out);
  hasher.end(out.data());
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

namespace {

/// From the kernel itself: OpenSSL's generator would be seeded there too, and making it takes a millisecond of the start and a megabyte.
void fill_randomly(char* out, std::size_t count) {
  while (count > 0) {
    const auto filled = ::getrandom(out, count, 0);
    if (filled < 0 && errno == EINTR) continue;
    SIGNALBOX_ASSERT(filled > 0);
    out += filled;
    count -= static_cast<std::size_t>(filled);
  }
}

/// Random bytes drawn ahead, each given out once and wiped: ids take 16 at a time, and a draw costs the same for 16 as for a thousand.
class RandomSupply {
 public:
  static constexpr std::size_t ahead = 4'096;

  void take(char* out, std::size_t count) {
    if (left_ < count) {
      fill_randomly(bytes_.data(), ahead);
      left_ = ahead;
    }
    left_ -= count;
    std::copy_n(bytes_.data() + left_, count, out);
    OPENSSL_cleanse(bytes_.data() + left_, count);
  }

 private:
  std::array<char, ahead> bytes_{};
  std::size_t left_ = 0;
};

}  // namespace

std::string random_bytes(std::size_t count) {
  constexpr std::size_t small = 64;
  std::string out(count, '\0');
  if (count > small) {
    fill_randomly(out.data(), count);
  } else {
    thread_local RandomSupply supply;
    supply.take(out.data(), count);
  }
  return out;
}

}  // namespace signalbox
