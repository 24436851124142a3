#pragma once
/// The signature of what topics send: RSA, by a key of this data file, with a certificate that verifiers fetch from the public listener.
/// Source: SNS Developer Guide, "Verifying the signatures of Amazon SNS messages".

#include "signalbox/result.h"
#include "signalbox/store.h"
#include "signalbox/transaction.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace signalbox {

struct SigningKey {
  std::string private_key, certificate;  ///< PEM
};

/// The data file's, made when it is needed first: RSA 2048 takes some tenths of a second, once.
[[nodiscard]] SigningKey signing_key(Transaction& transaction);
[[nodiscard]] std::optional<SigningKey> find_signing_key(const Reader& reader);

inline constexpr std::string_view certificates_path = "/topics/certificates";
/// Path on the public listener. It names the certificate's digest, as AWS's does, so a copy may be kept for ever.
[[nodiscard]] std::string certificate_path(const SigningKey& key);

/// base64. Version `1`: SHA1withRSA, `2`: SHA256withRSA; the same bytes each time.
[[nodiscard]] std::string sign_message(const SigningKey& key, std::string_view version, std::string_view text);
/// A confirmation_json() as it leaves, its URLs resolved, with its Signature.
[[nodiscard]] std::string sign_confirmation(const SigningKey& key, std::string_view confirmation);

/// Signs the envelopes of one publishing: the same message for many subscribers once.
class MessageSigner {
 public:
  explicit MessageSigner(Transaction& transaction, std::string version) : transaction_(transaction), version_(std::move(version)) {}
  [[nodiscard]] const std::string& version() const { return version_; }
  [[nodiscard]] const SigningKey& key();
  [[nodiscard]] const std::string& sign(const std::string& text);

 private:
  Transaction& transaction_;
  std::string version_;
  std::optional<SigningKey> key_;
  std::string text_, signature_;
};

}  // namespace signalbox
