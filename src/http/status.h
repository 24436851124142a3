#pragma once
/// The one table from operating errors to HTTP.

#include "signalbox/result.h"

namespace signalbox::http {

/// No default: a new ErrorCode does not compile until it has its status here.
[[nodiscard]] constexpr int status_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument: return 400;
    case ErrorCode::InvalidJson: return 400;
    case ErrorCode::InvalidDefinition: return 422;
    case ErrorCode::InvalidToken: return 404;
    case ErrorCode::TaskClosed: return 410;
    case ErrorCode::NotFound: return 404;
    case ErrorCode::AlreadyExists: return 409;
    case ErrorCode::Conflict: return 409;
    case ErrorCode::TooLarge: return 413;
    case ErrorCode::NotSupported: return 501;
    case ErrorCode::Forbidden: return 403;
    case ErrorCode::Unavailable: return 503;
    case ErrorCode::Internal: return 500;
  }
  return 500;
}

/// `InvalidDefinition`, as the `code` member of a problem and in logs.
[[nodiscard]] constexpr const char* name_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidArgument: return "InvalidArgument";
    case ErrorCode::InvalidJson: return "InvalidJson";
    case ErrorCode::InvalidDefinition: return "InvalidDefinition";
    case ErrorCode::InvalidToken: return "InvalidToken";
    case ErrorCode::TaskClosed: return "TaskClosed";
    case ErrorCode::NotFound: return "NotFound";
    case ErrorCode::AlreadyExists: return "AlreadyExists";
    case ErrorCode::Conflict: return "Conflict";
    case ErrorCode::TooLarge: return "TooLarge";
    case ErrorCode::NotSupported: return "NotSupported";
    case ErrorCode::Forbidden: return "Forbidden";
    case ErrorCode::Unavailable: return "Unavailable";
    case ErrorCode::Internal: return "Internal";
  }
  return "Internal";
}

}  // namespace signalbox::http
