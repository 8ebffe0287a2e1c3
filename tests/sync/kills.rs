//! `backfill` and `follow` ended by SIGKILL at random moments: in the end the log has what an undisturbed run gives it, and no page
//! was read twice but those under way when they were killed.
