//! A payment that its customer's bank questions: an inquiry, or money withdrawn and perhaps given back.

use super::{BalanceTransaction, Currency, Shape};
use crate::json::{Members, Text};

/// Where a dispute stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Inquiry,
    InquiryAnswered,
    InquiryClosed,
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
}

impl Step {
    fn code(self) -> &'static str {
        match self {
            Self::Inquiry => "warning_needs_response",
            Self::InquiryAnswered => "warning_under_review",
            Self::InquiryClosed => "warning_closed",
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
        }
    }

    fn inquires(self) -> bool {
        matches!(
            self,
            Self::Inquiry | Self::InquiryAnswered | Self::InquiryClosed
        )
    }
}

/// One state of a dispute.
#[derive(Debug, Clone)]
pub(crate) struct Dispute {
    pub(crate) id: Text,
    pub(crate) created_s: i64,
    pub(crate) amount_minor: i64,
    pub(crate) currency: Currency,
    pub(crate) charge: Text,
    pub(crate) payment_intent: Option<Text>,
    /// What was withdrawn and given back, oldest first; the dispute shows them whole.
    pub(crate) movements: Vec<BalanceTransaction>,
    pub(crate) step: Step,
    pub(crate) answered: bool,
    pub(crate) due_s: i64,
    pub(crate) reason: &'static str,
    pub(crate) network_reason: &'static str,
    pub(crate) brand: &'static str,
    pub(crate) email: Text,
    pub(crate) name: Text,
}

const EVIDENCE_BEFORE_EMAIL: [&str; 6] = [
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
];
const EVIDENCE_AFTER_NAME: [&str; 5] = [
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
];
const EVIDENCE_AFTER_PRODUCT: [&str; 12] = [
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
];

impl Shape for Dispute {
    fn object(&self) -> &'static str {
        "dispute"
    }

    fn id(&self) -> &Text {
        &self.id
    }

    fn created_s(&self) -> i64 {
        self.created_s
    }

    fn write(&self, members: &mut Members<'_>, at_us: i64) {
        members
            .int("amount", self.amount_minor)
            .objects("balance_transactions", &self.movements, |one, members| {
                members.text("id", &one.id).text("object", one.object());
                one.write(members, at_us);
            })
            .text("charge", &self.charge)
            .int("created", self.created_s)
            .text("currency", self.currency.code())
            .raw("enhanced_eligibility_types", "[]")
            .object("evidence", |members| self.write_evidence(members))
            .object("evidence_details", |members| {
                members
                    .int("due_by", self.due_s)
                    .raw("enhanced_eligibility", "{}")
                    .flag("has_evidence", self.answered)
                    .flag("past_due", false)
                    .int("submission_count", i64::from(self.answered));
            })
            .flag("is_charge_refundable", self.step.inquires())
            .flag("livemode", true)
            .raw("metadata", "{}")
            .text_or_null("payment_intent", self.payment_intent.as_deref())
            .object("payment_method_details", |members| {
                members
                    .object("card", |members| self.write_card(members))
                    .text("type", "card");
            })
            .text("reason", self.reason)
            .text("status", self.step.code());
    }
}

impl Dispute {
    fn write_card(&self, members: &mut Members<'_>) {
        let case = if self.step.inquires() {
            "inquiry"
        } else {
            "chargeback"
        };
        members
            .text("brand", self.brand)
            .text("case_type", case)
            .text("network", self.brand)
            .text("network_reason_code", self.network_reason);
    }

    fn write_evidence(&self, members: &mut Members<'_>) {
        let told = |text: &'static str| self.answered.then_some(text);
        members
            .nulls(&EVIDENCE_BEFORE_EMAIL)
            .text("customer_email_address", &self.email)
            .text("customer_name", &self.name)
            .nulls(&EVIDENCE_AFTER_NAME)
            .raw("enhanced_evidence", "{}")
            .text_or_null("product_description", told("A synthetic service."))
            .nulls(&EVIDENCE_AFTER_PRODUCT)
            .text_or_null("uncategorized_text", told("The customer used the service."));
    }
}
