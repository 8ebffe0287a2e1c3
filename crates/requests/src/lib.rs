//! What is asked of Stripe, as async-stripe's builders put it: a path and a query. Nothing is sent here, and no answer is read.
