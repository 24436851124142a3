#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "signalbox/encoding.h"
#include "signalbox/result.h"

namespace signalbox {

namespace {

const EVP_MD* algorithm_of(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::Md5: return EVP_md5();
    case DigestAlgorithm::Sha1: return EVP_sha1();
    case DigestAlgorithm::Sha256: return EVP_sha256();
    case DigestAlgorithm::Sha384: return EVP_sha384();
    case DigestAlgorithm::Sha512: return EVP_sha512();
  }
  return nullptr;
}

}  // namespace

std::string digest(DigestAlgorithm algorithm, std::string_view bytes) {
  unsigned char out[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  SIGNALBOX_ASSERT(EVP_Digest(bytes.data(), bytes.size(), out, &size, algorithm_of(algorithm), nullptr) == 1);
  return {reinterpret_cast<const char*>(out), size};
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  // Built on the bare digest: OpenSSL 3's HMAC() looks its algorithm up anew at every call, which costs more than the
  // hashing itself, and tokens are made for every task. RFC 2104.
  constexpr std::size_t block = 64;
  std::string padded = key.size() > block ? digest(DigestAlgorithm::Sha256, key) : std::string(key);
  padded.resize(block, '\0');
  std::string inner(block, '\0'), outer(block, '\0');
  for (std::size_t i = 0; i < block; ++i) {
    inner[i] = static_cast<char>(padded[i] ^ 0x36);
    outer[i] = static_cast<char>(padded[i] ^ 0x5c);
  }
  inner.append(bytes);
  return digest(DigestAlgorithm::Sha256, outer + digest(DigestAlgorithm::Sha256, inner));
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string random_bytes(std::size_t count) {
  std::string out(count, '\0');
  SIGNALBOX_ASSERT(RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(count)) == 1);
  return out;
}

}  // namespace signalbox
