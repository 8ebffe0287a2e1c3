//! Why a request has no good answer, told apart by what is to be done about it.

use thiserror::Error;

use super::complaint::Complaint;
use crate::governor::GovernorError;
use crate::transport::Answer;

/// Any failure of a request.
#[derive(Debug, Error)]
pub enum ApiError {
    /// There is no such object (404, `resource_missing`). That is an observation too, so the answer comes along.
    #[error("find it: {}{}", complaint.message, request(answer.request_id.as_ref()))]
    Absent {
        /// The answer, with its date and request id.
        answer: Box<Answer>,
        /// What Stripe says; its `param` tells a missing object from a cursor that is gone.
        complaint: Box<Complaint>,
    },
    /// Stripe refuses this request, and would again.
    #[error("ask: Stripe refuses with status {status}: {}{}", complaint.message, request(request_id.as_ref()))]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What Stripe says.
        complaint: Box<Complaint>,
        /// The request's id.
        request_id: Option<String>,
    },
    /// The key is wrong or has been revoked (401).
    #[error("use the key: {}{}", complaint.message, request(request_id.as_ref()))]
    Unauthorized {
        /// What Stripe says.
        complaint: Box<Complaint>,
        /// The request's id; Stripe gives none with this status.
        request_id: Option<String>,
    },
    /// The key may not read this (403).
    #[error("read with this key: {}{}", complaint.message, request(request_id.as_ref()))]
    Forbidden {
        /// The permission that is missing, as Stripe calls it, if it says so.
        permission: Option<String>,
        /// What Stripe says.
        complaint: Box<Complaint>,
        /// The request's id.
        request_id: Option<String>,
    },
    /// Every attempt failed in a way that might pass.
    #[error("reach Stripe in {attempts} attempts over {span_s} s: {reason}")]
    Unreachable {
        /// How often the request was sent.
        attempts: u32,
        /// How long that took, in seconds.
        span_s: u64,
        /// What was wrong at last.
        reason: String,
    },
    /// What answers is not Stripe, or nothing that it would say.
    #[error("understand what answers in Stripe's place: {reason}")]
    Garbled {
        /// How often the request was sent.
        attempts: u32,
        /// What is wrong with it.
        reason: String,
    },
    /// The governor's table can't be used.
    #[error(transparent)]
    Governor(#[from] GovernorError),
}

impl ApiError {
    /// Whether no other request would fare better, so that all must stop. After [`ApiError::Forbidden`] those of other endpoints
    /// may.
    #[must_use]
    pub fn is_final(&self) -> bool {
        !matches!(self, Self::Absent { .. } | Self::Refused { .. })
    }

    /// Whether a list can't be gone on from an item, because that is gone. Stripe says so with 404 or with 400.
    #[must_use]
    pub fn is_cursor_gone(&self) -> bool {
        let (Self::Absent { complaint, .. } | Self::Refused { complaint, .. }) = self else {
            return false;
        };
        complaint.param.as_deref() == Some("starting_after")
    }
}

/// The request's id in brackets, if there is one.
pub(super) fn request(id: Option<&String>) -> String {
    id.map_or(String::new(), |id| format!(" ({id})"))
}
