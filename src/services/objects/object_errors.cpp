#include "services/objects/object_errors.h"

#include <algorithm>
#include <iterator>

namespace signalbox::objects {

namespace {

struct Known {
  std::string_view code;
  int status;
  std::string_view message;
};

constexpr Known known[] = {
    {"AccessDenied", 403, "Access Denied"},
    {"BadDigest", 400, "The Content-MD5 you specified did not match what we received."},
    {"BucketNotEmpty", 409, "The bucket you tried to delete is not empty"},
    {"EntityTooLarge", 400, "Your proposed upload exceeds the maximum allowed size"},
    {"EntityTooSmall", 400, "Your proposed upload is smaller than the minimum allowed size"},
    {"ExpiredToken", 400, "The provided token has expired."},
    {"IncompleteBody", 400, "You did not provide the number of bytes specified by the Content-Length HTTP header"},
    {"InternalError", 500, "We encountered an internal error. Please try again."},
    {"InvalidAccessKeyId", 403, "The AWS Access Key Id you provided does not exist in our records."},
    {"InvalidArgument", 400, "Invalid Argument"},
    {"InvalidBucketName", 400, "The specified bucket is not valid."},
    {"InvalidDigest", 400, "The Content-MD5 you specified was invalid"},
    {"InvalidPart", 400,
     "One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not "
     "match the part's entity tag."},
    {"InvalidPartOrder", 400, "The list of parts was not in ascending order. Parts must be ordered by part number."},
    {"InvalidRange", 416, "The requested range is not satisfiable"},
    {"InvalidRequest", 400, "Invalid Request"},
    {"KeyTooLongError", 400, "Your key is too long"},
    {"MalformedXML", 400, "The XML you provided was not well-formed or did not validate against our published schema"},
    {"MetadataTooLarge", 400, "Your metadata headers exceed the maximum allowed metadata size"},
    {"MethodNotAllowed", 405, "The specified method is not allowed against this resource."},
    {"MalformedPolicy", 400, "Policies must be valid JSON and the first byte must be '{'"},
    {"NoSuchBucketPolicy", 404, "The bucket policy does not exist"},
    {"NoSuchBucket", 404, "The specified bucket does not exist"},
    {"NoSuchKey", 404, "The specified key does not exist."},
    {"NoSuchUpload", 404,
     "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."},
    {"NotImplemented", 501, "A header you provided implies functionality that is not implemented"},
    {"PreconditionFailed", 412, "At least one of the pre-conditions you specified did not hold"},
    {"ServiceUnavailable", 503, "Please reduce your request rate."},
    {"SignatureDoesNotMatch", 403,
     "The request signature we calculated does not match the signature you provided. Check your key and signing method."},
    {"XAmzContentChecksumMismatch", 400, "The SDK-computed checksum does not match the checksum computed by S3."},
    {"XAmzContentSHA256Mismatch", 400, "The provided 'x-amz-content-sha256' header does not match what was computed."},
};

const Known* find(std::string_view code) {
  const auto found = std::find_if(std::begin(known), std::end(known), [&](const Known& each) { return each.code == code; });
  return found == std::end(known) ? nullptr : found;
}

ErrorCode kind_of(int status) {
  switch (status) {
    case 403: return ErrorCode::Forbidden;
    case 404: return ErrorCode::NotFound;
    case 409:
    case 412: return ErrorCode::Conflict;
    case 501: return ErrorCode::NotSupported;
    case 503: return ErrorCode::Unavailable;
    case 500: return ErrorCode::Internal;
    default: return ErrorCode::InvalidArgument;
  }
}

}  // namespace

Error object_error(std::string_view code, std::string message) {
  const Known* entry = find(code);
  SIGNALBOX_ASSERT(entry);
  return error(kind_of(entry->status), message.empty() ? std::string(entry->message) : std::move(message), std::string(code));
}

S3Error s3_error(const Error& error) {
  if (const Known* entry = find(error.where)) return {error.where, error.message, entry->status};
  switch (error.code) {
    case ErrorCode::Unavailable: return {"ServiceUnavailable", error.message, 503};
    case ErrorCode::Forbidden: return {"AccessDenied", error.message, 403};
    case ErrorCode::NotSupported: return {"NotImplemented", error.message, 501};
    case ErrorCode::InvalidArgument: return {"InvalidArgument", error.message, 400};
    default: return {"InternalError", error.message, 500};
  }
}

}  // namespace signalbox::objects
