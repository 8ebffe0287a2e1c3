//! The values that say nothing about anybody: Stripe's own words. The one list; what is not on it is masked.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// Whether a whole text is one of Stripe's own.
pub(super) fn is_word(text: &str) -> bool {
    WORDS.contains(text)
}

/// Whether a part of a request's path is one of Stripe's own.
pub(super) fn is_path_part(part: &str) -> bool {
    PARTS.contains(part)
}

/// Whether a run of letters, with the underscore that follows it, begins ids of Stripe's.
pub(super) fn is_id_prefix(prefix: &str) -> bool {
    PREFIXES.contains(prefix)
}

/// The beginning that a text has in common with many others, if there is one; the longest comes first.
pub(super) fn known_start(text: &str) -> Option<&'static str> {
    STARTS
        .iter()
        .find(|start| text.starts_with(**start))
        .copied()
}

/// Whether the members of this member are named by users.
pub(super) fn is_named_by_users(member: &str) -> bool {
    USER_MAPS.contains(&member)
}

static WORDS: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    let groups = [
        OBJECTS, EVENTS, STATES, KINDS, CODES, CURRENCIES, COUNTRIES, VERSIONS,
    ];
    let words = groups.into_iter().flat_map(str::split_whitespace);
    words.chain(SENTENCES).collect()
});

static PREFIXES: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| ID_PREFIXES.split_whitespace().collect());

static PARTS: LazyLock<BTreeSet<&'static str>> =
    LazyLock::new(|| PATH_PARTS.split_whitespace().collect());

/// Members below which names are made up by whoever uses Stripe.
const USER_MAPS: [&str; 9] = [
    "attributes",
    "context",
    "dimensions",
    "extra",
    "labels",
    "metadata",
    "payload",
    "properties",
    "tags",
];

const STARTS: [&str; 9] = [
    "https://invoice.stripe.com/i/",
    "https://pay.stripe.com/invoice/",
    "https://pay.stripe.com/receipts/invoices/",
    "https://pay.stripe.com/receipts/payment/",
    "https://pay.stripe.com/receipts/",
    "https://checkout.stripe.com/c/pay/",
    "https://billing.stripe.com/p/session/",
    "https://files.stripe.com/links/",
    "https://docs.stripe.com/",
];

const SENTENCES: [&str; 9] = [
    "",
    "Payment complete.",
    "Payment for Invoice",
    "REFUND FOR CHARGE",
    "STRIPE PAYOUT",
    "Stripe processing fees",
    "Subscription creation",
    "Subscription update",
    "The card was declined.",
];

const ID_PREFIXES: &str = "
    acct_ ba_ bpc_ bps_ btok_ card_ cbtxn_ ch_ clock_ cn_ cnli_ cs_ cus_ di_ dp_ du_ evt_ fee_ file_ fr_ ic_ iauth_ ich_
    ii_ il_ in_ inpay_ ipi_ issfr_ li_ link_ mandate_ mbur_ mtr_ obs_ pi_ plan_ pm_ pmc_ pmd_ po_ prc_ price_ prod_ prv_
    promo_ py_ pyr_ qt_ re_ req_ rp_ seti_ setatt_ shr_ si_ sli_ sqr_ src_ sub_ sub_sched_ tax_ taxrate_ tml_ tmr_ tok_
    tr_ trr_ tu_ txcd_ txi_ txn_ txr_ vs_ we_ whsec_
";

const PATH_PARTS: &str = "
    v1 v2 accounts application_fees balance balance_transactions billing bank_accounts capabilities cards cash_balance
    charges checkout coupons credit_notes customers discounts disputes external_accounts events files invoice_payments
    invoiceitems invoices items line_items lines meters payment_intents payment_links payment_methods payouts persons
    plans prices products promotion_codes quotes refunds reversals sessions setup_intents sources subscription_items
    subscription_schedules subscriptions tax_ids tax_rates topups transfers
";

const VERSIONS: &str = "
    2014-12-22 2015-10-16 2016-07-06 2017-08-15 2018-02-28 2018-11-08 2019-02-19 2019-12-03 2020-03-02 2020-08-27
    2022-08-01 2022-11-15 2023-08-16 2023-10-16 2024-04-10 2024-06-20 2024-09-30.acacia 2024-10-28.acacia
    2024-11-20.acacia 2024-12-18.acacia 2025-01-27.acacia 2025-02-24.acacia 2025-03-31.basil 2025-04-30.basil
    2025-05-28.basil 2025-06-30.basil 2025-07-30.basil 2025-08-27.basil 2025-09-30.clover 2025-10-29.clover
    2025-11-17.clover 2025-12-15.clover 2026-01-28.clover 2026-02-25.clover 2026-03-25.dahlia 2026-04-22.dahlia
    2026-05-27.dahlia 2026-06-24.dahlia 2026-07-29.dahlia 2026-08-26.dahlia 2026-09-30.endive
";

const CURRENCIES: &str = "
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny
    cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd
    jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad
    ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl
    thb tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
";

const COUNTRIES: &str = "
    AE AT AU BE BG BR CA CH CY CZ DE DK EE ES FI FR GB GI GR HK HR HU ID IE IN IT JP LI LT LU LV MT MX MY NL NO NZ PL PT
    RO SE SG SI SK TH US de en en-GB en-US es fr it ja nl pt
";

const OBJECTS: &str = "
    account account_link account_session apple_pay_domain application application_fee apps.secret balance
    balance_settings balance_transaction bank_account billing.alert billing.credit_balance_summary
    billing.credit_balance_transaction billing.credit_grant billing.meter billing.meter_event
    billing.meter_event_adjustment billing.meter_event_summary billing_portal.configuration billing_portal.session
    capability card cash_balance charge checkout.session confirmation_token connect_collection_transfer country_spec
    coupon credit_note credit_note_line_item customer customer_balance_transaction customer_cash_balance_transaction
    customer_session daybook.control daybook.observation discount dispute entitlements.active_entitlement
    entitlements.active_entitlement_summary entitlements.feature ephemeral_key event exchange_rate fee fee_refund file
    file_link financial_connections.account identity.verification_report identity.verification_session invoice
    invoice_item invoice_line_item invoice_payment invoice_rendering_template invoiceitem issuing.authorization
    issuing.card issuing.cardholder issuing.dispute issuing.transaction item line_item list mandate payment
    payment_attempt_record payment_intent payment_link payment_method payment_method_configuration
    payment_method_domain payment_record payout person plan price product product_feature promotion_code quote
    radar.early_fraud_warning radar.value_list radar.value_list_item refund reporting.report_run reporting.report_type
    reserve_transaction review scheduled_query_run search_result setup_attempt setup_intent shipping_rate source
    source_transaction subscription subscription_item subscription_schedule tax.calculation tax.calculation_line_item
    tax.registration tax.settings tax.transaction tax_code tax_deducted_at_source tax_id tax_rate terminal.location
    terminal.reader test_helpers.test_clock token topup transfer transfer_reversal treasury.financial_account
    treasury.transaction usage_record usage_record_summary v2.core.event webhook_endpoint
";

const EVENTS: &str = "
    account.application.authorized account.application.deauthorized account.external_account.created
    account.external_account.deleted account.external_account.updated account.updated application_fee.created
    application_fee.refund.updated application_fee.refunded balance.available balance_settings.updated
    billing.alert.triggered billing.credit_grant.created billing.credit_grant.updated billing.meter.created
    billing.meter.deactivated billing.meter.reactivated billing.meter.updated billing_portal.configuration.created
    billing_portal.configuration.updated billing_portal.session.created capability.updated
    cash_balance.funds_available charge.captured charge.dispute.closed charge.dispute.created
    charge.dispute.funds_reinstated charge.dispute.funds_withdrawn charge.dispute.updated charge.expired charge.failed
    charge.pending charge.refund.updated charge.refunded charge.succeeded charge.updated
    checkout.session.async_payment_failed checkout.session.async_payment_succeeded checkout.session.completed
    checkout.session.expired coupon.created coupon.deleted coupon.updated credit_note.created credit_note.updated
    credit_note.voided customer.bank_account.created customer.bank_account.deleted customer.bank_account.updated
    customer.card.created customer.card.deleted customer.card.updated customer.created customer.deleted
    customer.discount.created customer.discount.deleted customer.discount.updated customer.source.created
    customer.source.deleted customer.source.expiring customer.source.updated customer.subscription.created
    customer.subscription.deleted customer.subscription.paused customer.subscription.pending_update_applied
    customer.subscription.pending_update_expired customer.subscription.resumed customer.subscription.trial_will_end
    customer.subscription.updated customer.tax_id.created customer.tax_id.deleted customer.tax_id.updated
    customer.updated customer_cash_balance_transaction.created entitlements.active_entitlement_summary.updated
    file.created identity.verification_session.verified invoice.created invoice.deleted
    invoice.finalization_failed invoice.finalized invoice.marked_uncollectible invoice.overdue invoice.overpaid
    invoice.paid invoice.payment_action_required invoice.payment_attempt_required invoice.payment_failed
    invoice.payment_succeeded invoice.sent invoice.upcoming invoice.updated invoice.voided invoice.will_be_due
    invoice_payment.paid invoiceitem.created invoiceitem.deleted invoiceitem.updated mandate.updated
    payment_intent.amount_capturable_updated payment_intent.canceled payment_intent.created
    payment_intent.partially_funded payment_intent.payment_failed payment_intent.processing
    payment_intent.requires_action payment_intent.succeeded payment_link.created payment_link.updated
    payment_method.attached payment_method.automatically_updated payment_method.detached payment_method.updated
    payout.canceled payout.created payout.failed payout.paid payout.reconciliation_completed payout.updated
    person.created person.deleted person.updated plan.created plan.deleted plan.updated price.created price.deleted
    price.updated product.created product.deleted product.updated promotion_code.created promotion_code.updated
    quote.accepted quote.canceled quote.created quote.finalized radar.early_fraud_warning.created
    radar.early_fraud_warning.updated refund.created refund.failed refund.updated reporting.report_run.failed
    reporting.report_run.succeeded review.closed review.opened setup_intent.canceled setup_intent.created
    setup_intent.requires_action setup_intent.setup_failed setup_intent.succeeded sigma.scheduled_query_run.created
    source.canceled source.chargeable source.failed source.mandate_notification source.refund_attributes_required
    subscription_schedule.aborted subscription_schedule.canceled subscription_schedule.completed
    subscription_schedule.created subscription_schedule.expiring subscription_schedule.released
    subscription_schedule.updated tax.settings.updated tax_rate.created tax_rate.updated terminal.reader.action_failed
    terminal.reader.action_succeeded test_helpers.test_clock.advancing test_helpers.test_clock.created
    test_helpers.test_clock.deleted test_helpers.test_clock.ready topup.canceled topup.created topup.failed
    topup.reversed topup.succeeded transfer.created transfer.reversed transfer.updated
";

const STATES: &str = "
    0 1 abandoned accepted action_required active applied approved archived attached authorized automatic_pending_invoice
    available awaiting_payment blocked canceled chargeable charge_refunded closed complete completed consumed deleted
    detached disabled disputed draft enabled ended errored expired expiring fail failed final finalized funded
    in_progress in_review in_transit inactive incomplete incomplete_expired issued lost needs_response new no_payment_required
    not_applicable not_configured not_required not_sent_to_network not_started not_supported open opened overdue overpaid paid
    partially_funded partially_paid past_due paused pending pending_approval pending_closed pending_failure posted prevented
    processing ready refunded rejected released replaced requested required requires_action requires_capture
    requires_confirmation requires_location_inputs requires_payment_method restricted reversed reversed_after_approval
    scheduled sent settled succeeded superseded suspended trialing unavailable unchecked uncaptured uncollectible
    under_review unpaid unreconcilable unregulated unspecified unsupported unverified updated upcoming validated
    verification_failed verified void voided waiting warning_closed warning_needs_response warning_under_review won
";

const KINDS: &str = "
    accept ach ach_credit_transfer ach_debit acss_debit adjustment advance advance_funding affirm afterpay_clearpay alipay
    allow allow_incomplete always always_invoice amazon_pay amex amount android_pay anticipation_repayment any any_time
    apple_pay application_fee_refund at_period_end attempt aud_becs_debit automatic automatic_async automatic_tax
    balance_transfer bacs_debit bancontact bank_transfer billing billing_cycle_anchor blik boleto brand business_day
    calculated capture cartes_bancaires cashapp charge_automatically charge_failure chargeback checking classic company
    connect_reserve contribution create_invoice create_prorations credit credit_balance_transaction credit_note_line
    custom customer_balance customer_sheet customer_tax_exempt day debit default delete_incomplete destination_payment
    diners discover duplicate during_period eftpos_au elo email_invoice eps error_if_incomplete eu_bank_account
    evaluated exclusive exempt express fingerprint first_party fixed_amount flat_amount flat_rate flexible forever fpx
    fraudulent full future giropay google_pay grabpay graduated grant graph hour ideal immediately import in_full inbound
    included include_and_require inclusive individual instant interac_present intent invoice_item_details invoiceitem_details
    invoice_line_item_details invoice_cycle invoice_prorations issuer itemized jcb kakao_pay keep_as_draft klarna konbini
    kr_card last_during_period last_ever letter licensed line_item_discount link live lump_sum manual manual_adjustment
    mark_uncollectible mastercard max metered min minute mobilepay month monthly moto multibanco naver_pay network network_cost
    never none normal not_collecting not_present null obligation_inbound off off_session on on_behalf_of on_period_end
    on_session once one_time opt_in order other outbound oxxo p24 parent part partial pay_by_bank pay_immediately payco
    payment_failure payment_failure_refund payment_method_details payment_refund payment_reversal payment_reversal_refund
    payment_unreconciled payments payout_cancel payout_failure payout_failure_reserve payout_reversal paypal paynow
    pending_if_incomplete per_unit percent percentage phase_end phase_start pix platform platform_earning postpaid prepaid
    prepayment price_data price_details proration promptpay quantity quarter recurring refund_failure release
    remove repeating requested_by_customer reserve_hold reserve_release reserved_funds resume retail retain reverse revolut_pay
    risk_reserved_funds round_down round_up salary samsung_pay satispay savings second secondary self send_invoice sepa_credit_transfer
    sepa_debit shipping skip sofort standard standing stripe stripe_balance_payment_debit stripe_balance_payment_debit_reversal
    stripe_fee stripe_fx_fee subscription_create subscription_cycle subscription_details subscription_item_details
    subscription_threshold subscription_trial_end subscription_update sum supported swish tax_fee tax_rate_details
    tax_reverse_charge_details taxable taxable_basis_reduced term test third_party three_d_secure tiered top_up topup_reversal
    transfer_cancel transfer_data transfer_failure transfer_refund twint unapplied unionpay unknown unpaid_invoice
    unscheduled upfront us_bank_account use_stripe_sdk usage_based verify visa volume weekly wechat_pay wire year yearly zip
";

const CODES: &str = "
    account_already_exists account_closed account_frozen account_invalid amount_too_large amount_too_small
    approve_with_id approved_by_network authentication_required balance_insufficient bank_account_unusable bank_declined
    call_issuer card_declined card_error card_not_supported card_velocity_exceeded charge_already_refunded
    charge_exceeds_source_limit confirm_card_data could_not_process customer_initiated debit_not_authorized
    declined_by_network do_not_honor do_not_try_again elevated elevated_risk_level expired_card expired_or_canceled_card
    fraudulent_transaction generic_decline highest highest_risk_level incorrect_account_holder_name incorrect_cvc incorrect_number incorrect_zip
    insufficient_funds invalid_account invalid_account_number invalid_amount invalid_currency invalid_cvc
    invalid_expiry_month invalid_expiry_year invalid_number issuer_not_available lost_card lost_or_stolen_card merchandise_not_received
    merchant_blacklist merchant_initiated missing_payment_method no_account not_assessed not_permitted pass
    payment_intent_authentication_failure pickup_card processing_error product_not_received product_unacceptable
    product_not_as_described credit_not_processed subscription_canceled unrecognized general noncompliant bank_cannot_process check_returned
    incorrect_account_details insufficient_evidence customer_service switched_service too_complex too_expensive
    low_quality missing_features unused cancellation_requested payment_disputed payment_failed
    reversed_after_approval rule setup_intent_authentication_failure stolen_card transaction_not_allowed try_again_later
    withdrawal_count_limit_exceeded
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_can_name_a_person() {
        // Whatever is added: no capital but in the fixed sentences and codes of two letters, no digit but in versions.
        for word in WORDS.iter().filter(|word| !SENTENCES.contains(word)) {
            let is_plain = word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || b"._".contains(&byte));
            let is_known = [COUNTRIES, VERSIONS, "0 1 p24 v2.core.event"]
                .iter()
                .any(|group| group.split_whitespace().any(|known| known == *word));
            assert!(is_plain || is_known, "{word}");
        }
    }

    #[test]
    fn a_longer_start_comes_before_a_shorter() {
        for (at, start) in STARTS.iter().enumerate() {
            assert_eq!(known_start(start), Some(*start), "{at}");
        }
    }
}
