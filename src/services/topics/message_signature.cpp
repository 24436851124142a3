#include "services/topics/message_signature.h"

#include "signalbox/encoding.h"
#include "signalbox/record.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <nlohmann/json.hpp>

#include <cstring>
#include <memory>

namespace signalbox {

namespace {

using OrderedJson = nlohmann::ordered_json;

struct Free {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

constexpr std::uint8_t record_version = 1;
constexpr unsigned key_bits = 2048;
constexpr long valid_seconds = 100L * 365 * 24 * 3600;  // it is as old as the data file: nobody would renew it

Key record_key() { return Key(meta_table, "topic_signing_key"); }

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

/// Verifiers look for this common name in what they fetched.
Owned<X509> certify(EVP_PKEY* key) {
  Owned<X509> certificate(X509_new());
  std::uint64_t number = 0;
  std::memcpy(&number, random_bytes(sizeof number).data(), sizeof number);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), number >> 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -24 * 3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  auto* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "O", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Signalbox"), -1, -1, 0);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("sns.amazonaws.com"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_set_pubkey(certificate.get(), key);
  SIGNALBOX_ASSERT(X509_sign(certificate.get(), key, EVP_sha256()) > 0);
  return certificate;
}

SigningKey make_key() {
  const Owned<EVP_PKEY> key(EVP_RSA_gen(key_bits));
  SIGNALBOX_ASSERT(key);
  const auto certificate = certify(key.get());
  const Owned<BIO> private_text(BIO_new(BIO_s_mem())), certificate_text(BIO_new(BIO_s_mem()));
  SIGNALBOX_ASSERT(PEM_write_bio_PrivateKey(private_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  SIGNALBOX_ASSERT(PEM_write_bio_X509(certificate_text.get(), certificate.get()) == 1);
  return {.private_key = text_of(private_text.get()), .certificate = text_of(certificate_text.get())};
}

}  // namespace

std::optional<SigningKey> find_signing_key(const Reader& reader) {
  const auto stored = reader.get(record_key());
  if (!stored) return std::nullopt;
  RecordReader record(*stored);
  SigningKey key;
  key.private_key = record.text();
  key.certificate = record.text();
  return key;
}

SigningKey signing_key(Transaction& transaction) {
  if (auto known = find_signing_key(transaction)) return std::move(*known);
  auto key = make_key();
  RecordWriter record(record_version);
  record.text(key.private_key).text(key.certificate);
  transaction.put(record_key(), record.take());
  return key;
}

std::string certificate_path(const SigningKey& key) {
  return std::string(certificates_path) + "/SimpleNotificationService-" +
         hex_encode(digest(DigestAlgorithm::Sha256, key.certificate)).substr(0, 32) + ".pem";
}

namespace {

/// Reading a key costs several times what signing with it does, and a daemon has one.
EVP_PKEY* parsed_key(const std::string& private_key) {
  thread_local std::string known;
  thread_local Owned<EVP_PKEY> parsed;
  if (parsed && known == private_key) return parsed.get();
  const Owned<BIO> pem(BIO_new_mem_buf(private_key.data(), static_cast<int>(private_key.size())));
  parsed.reset(PEM_read_bio_PrivateKey(pem.get(), nullptr, nullptr, nullptr));
  if (!parsed) throw StoreFailure("damaged data file: the key that signs messages of topics cannot be read");
  known = private_key;
  return parsed.get();
}

}  // namespace

std::string sign_message(const SigningKey& key, std::string_view version, std::string_view text) {
  EVP_PKEY* parsed = parsed_key(key.private_key);
  const Owned<EVP_MD_CTX> context(EVP_MD_CTX_new());
  SIGNALBOX_ASSERT(EVP_DigestSignInit(context.get(), nullptr, version == "2" ? EVP_sha256() : EVP_sha1(), nullptr, parsed) == 1);
  std::string signature(static_cast<std::size_t>(EVP_PKEY_get_size(parsed)), '\0');
  auto size = signature.size();
  SIGNALBOX_ASSERT(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                                  reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1);
  signature.resize(size);
  return base64_encode(signature);
}

std::string sign_confirmation(const SigningKey& key, std::string_view confirmation) {
  auto envelope = OrderedJson::parse(confirmation);
  std::string text;
  for (const auto* name : {"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"}) {
    text += std::string(name) + "\n" + envelope.at(name).get<std::string>() + "\n";
  }
  envelope["Signature"] = sign_message(key, envelope.at("SignatureVersion").get<std::string>(), text);
  return envelope.dump();
}

const SigningKey& MessageSigner::key() {
  if (!key_) key_ = signing_key(transaction_);
  return *key_;
}

const std::string& MessageSigner::sign(const std::string& text) {
  if (text_ != text || signature_.empty()) {
    signature_ = sign_message(key(), version_, text);
    text_ = text;
  }
  return signature_;
}

}  // namespace signalbox
