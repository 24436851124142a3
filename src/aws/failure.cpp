#include "aws/failure.h"

namespace signalbox::aws {

Failure general_failure(const Error& error) {
  const auto text = error.where.empty() ? error.message : error.message + " (" + error.where + ")";
  switch (error.code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::InvalidJson:
    case ErrorCode::InvalidDefinition:
    case ErrorCode::InvalidToken:
    case ErrorCode::TaskClosed:
    case ErrorCode::TooLarge: return {"ValidationException", text};
    case ErrorCode::NotFound: return {"ResourceNotFound", text};
    case ErrorCode::AlreadyExists:
    case ErrorCode::Conflict: return {"ConflictException", text, 409};
    case ErrorCode::NotSupported: return {"UnsupportedOperationException", text};
    case ErrorCode::Forbidden: return {"AccessDeniedException", text, 403};
    case ErrorCode::Unavailable: return {"ServiceUnavailable", text, 503};
    case ErrorCode::Internal: return {"InternalFailure", text, 500};
  }
  return {"InternalFailure", text, 500};
}

}  // namespace signalbox::aws
