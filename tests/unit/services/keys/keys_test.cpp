#include "services/keys/keys.h"

#include <catch2/catch.hpp>

#include "services/functions/functions.h"
#include "services/keys/authenticate.h"
#include "services/keys/sigv4.h"
#include "signalbox/record.h"
#include "store/memory_store.h"
#include "support/test_transaction.h"

using namespace signalbox;
using namespace signalbox::services;

namespace {

struct Fixture {
  MemoryStore store;
  ManualClock clock{*parse_rfc3339("2026-11-24T01:02:03Z")};
  signalbox::testing::TestTransaction transaction{store, clock};
  std::atomic<std::uint64_t> changes{0};
  Authenticator authenticator{transaction, changes, WithoutKeys::AnythingPasses};

  static http::Request request(const std::string& authorization, const std::string& token) {
    http::Request request;
    request.method = "GET";
    request.target = request.path = "/";
    if (!authorization.empty()) request.headers.add("Authorization", authorization);
    if (!token.empty()) request.headers.add("X-Amz-Security-Token", token);
    return request;
  }
  Result<Principal> ask(const std::string& authorization, const std::string& token = {}) {
    return authenticator.authenticate(request(authorization, token), clock.now());
  }
  std::optional<RoleSession> role_session(const std::string& authorization, const std::string& token = {}) {
    return authenticator.role_session(request(authorization, token));
  }
};

}  // namespace

TEST_CASE("while no key exists anything passes") {
  Fixture f;
  CHECK(f.ask("")->role == Role::Anonymous);
  CHECK(f.ask("Bearer nonsense")->role == Role::Anonymous);
  CHECK(f.ask("AWS4-HMAC-SHA256 Credential=test/20260101/x/y/aws4_request, SignedHeaders=host, Signature=0")->role == Role::Anonymous);
}

TEST_CASE("with a key, only who has one passes") {
  Fixture f;
  const auto key = create_key(f.transaction, "test");
  ++f.changes;
  CHECK(key.id.size() == 20);
  CHECK(key.secret.size() == 40);
  CHECK(f.ask("").error().where == "MissingAuthenticationTokenException");
  CHECK(f.ask("Bearer wrong").error().where == "UnrecognizedClientException");
  CHECK(f.ask("Bearer " + key.id + ":wrong").error().where == "UnrecognizedClientException");
  CHECK(f.ask("Bearer " + key.secret)->key_id == key.id);
  CHECK(f.ask("bearer " + key.id + ":" + key.secret)->role == Role::Admin);
  REQUIRE(delete_key(f.transaction, key.id).has_value());
  ++f.changes;
  CHECK(delete_key(f.transaction, key.id).error().code == ErrorCode::NotFound);
  CHECK(f.ask("")->role == Role::Anonymous);
}

TEST_CASE("a function's pair is accepted, and known to be a function's") {
  Fixture f;
  (void)create_key(f.transaction, "test");
  functions::FunctionConfig config;
  config.name = "generate-task", config.runtime = "nodejs22.x", config.handler = "index.handler", config.code_hash = std::string(64, 'a');
  const auto made = functions::create_function(f.transaction, config);
  REQUIRE(made.has_value());
  const auto principal = f.ask("Bearer " + made->key.id + ":" + made->key.secret);
  REQUIRE(principal.has_value());
  CHECK(principal->role == Role::Function);
  CHECK(f.ask("Bearer " + made->key.id + ":guessed").has_error());
}

TEST_CASE("a session's pair is accepted until its end, and no other end can be written into it") {
  Fixture f;
  (void)create_key(f.transaction, "test");
  const MasterKey master{std::string(32, 'm')};
  f.transaction.put(Key(meta_table, "master_key"), RecordWriter(1).text(master.bytes).take());
  const auto end = f.clock.now() + std::chrono::seconds{900};
  const auto key = session_key(master, "arn:aws:sts::000000000000:assumed-role/worker/me", end);
  CHECK(key.id.size() == 20);
  CHECK(session_end(key.id) == end);
  const RoleSession session{"arn:aws:iam::000000000000:role/app/worker", "me", {"{}"}, {}};
  const auto token = session_token(master, key.id, session);
  const auto bearer = "Bearer " + key.id + ":" + key.secret;
  CHECK(f.ask(bearer, token)->key_id == key.id);
  CHECK(f.ask(bearer, token)->role == Role::Session);
  CHECK(f.role_session(bearer, token) == session);
  CHECK(assumed_role_arn(session) == "arn:aws:sts::000000000000:assumed-role/worker/me");
  CHECK(f.ask(bearer).error().where == "UnrecognizedClientException");
  CHECK(f.ask(bearer, "x" + token).has_error());
  const auto later = session_key(master, "arn:aws:sts::000000000000:assumed-role/worker/me", end + std::chrono::hours{1});
  CHECK(f.ask("Bearer " + later.id + ":" + key.secret, token).has_error());
  CHECK(f.ask("Bearer " + later.id + ":" + later.secret, token).has_error());  // another session's token
  f.clock.advance(std::chrono::seconds{899});
  CHECK(f.ask(bearer, token).has_value());
  f.clock.advance(std::chrono::seconds{1});
  CHECK(f.ask(bearer, token).error().where == "ExpiredTokenException");
  const auto root = session_token(master, later.id, {});
  CHECK(f.ask("Bearer " + later.id + ":" + later.secret, root)->role == Role::Admin);
  CHECK_FALSE(f.role_session("Bearer " + later.id + ":" + later.secret, root));
  CHECK_FALSE(session_end("SBXAAAAAAAAAAAAAAAAA").has_value());
  CHECK_FALSE(session_end("SBXS0000000AAAAAAAAA").has_value());
}

TEST_CASE("where roles matter, a function's or session's signature counts even while anything passes") {
  Fixture f;
  const Authenticator careful{f.transaction, f.changes, WithoutKeys::AnythingPasses, Roles::Matter};
  functions::FunctionConfig config;
  config.name = "generate-task", config.runtime = "nodejs22.x", config.handler = "index.handler", config.code_hash = std::string(64, 'a'),
  config.role = "arn:aws:iam::000000000000:role/generator";
  const auto made = functions::create_function(f.transaction, config);
  REQUIRE(made.has_value());
  const auto signed_by = [&](const std::string& id) {
    return f.request("AWS4-HMAC-SHA256 Credential=" + id + "/20261124/x/y/aws4_request, SignedHeaders=host, Signature=0", {});
  };
  auto forged = signed_by(made->key.id);
  forged.headers.add("X-Amz-Date", "20261124T010203Z");
  CHECK(careful.authenticate(forged, f.clock.now()).error().where == "InvalidSignatureException");
  CHECK(careful.role_session(forged) == RoleSession{"arn:aws:iam::000000000000:role/generator", "generate-task"});
  CHECK(careful.authenticate(signed_by("test"), f.clock.now())->role == Role::Anonymous);
  CHECK(careful.authenticate(f.request("", ""), f.clock.now())->role == Role::Anonymous);
}

TEST_CASE("where others can reach the listener, nothing passes without a key") {
  Fixture f;
  const Authenticator exposed{f.transaction, f.changes, WithoutKeys::NothingPasses};
  http::Request request;
  request.method = "GET", request.target = request.path = "/";
  CHECK(exposed.authenticate(request, f.clock.now()).error().where == "MissingAuthenticationTokenException");
  const auto key = create_key(f.transaction, "the last");
  request.headers.add("Authorization", "Bearer " + key.secret);
  CHECK(exposed.authenticate(request, f.clock.now()).has_value());
  REQUIRE(delete_key(f.transaction, key.id).has_value());
  CHECK(exposed.authenticate(request, f.clock.now()).has_error());
}

TEST_CASE("a configured key") {
  Fixture f;
  CHECK(adopt_key(f.transaction, "ada:s3cret", "configured")->id == "ada");
  CHECK(adopt_key(f.transaction, "ada:s3cret", "configured").has_value());
  const auto alone = adopt_key(f.transaction, "only-a-secret", "configured");
  REQUIRE(alone.has_value());
  CHECK(adopt_key(f.transaction, "only-a-secret", "configured")->id == alone->id);
  CHECK(f.ask("Bearer only-a-secret")->key_id == alone->id);
  CHECK(list_keys(f.transaction).size() == 2);
  for (const char* wrong : {"", ":", "ada:", "a b:c"}) {
    CAPTURE(wrong);
    CHECK(adopt_key(f.transaction, wrong, "configured").error().code == ErrorCode::InvalidArgument);
  }
}

TEST_CASE("a listener that others can reach needs a key") {
  Fixture f;
  CHECK(check_listener(f.transaction, "127.0.0.1:8083", false).has_value());
  CHECK(check_listener(f.transaction, "0.0.0.0:8083", true).has_value());
  CHECK(check_listener(f.transaction, "0.0.0.0:8083", false).error().code == ErrorCode::Forbidden);
  (void)create_key(f.transaction, "test");
  CHECK(check_listener(f.transaction, "0.0.0.0:8083", false).has_value());
}
