//! Changes that the company's own software did not ask for: made by people on the dashboard, whose events name no request,
//! and changes for which Stripe fails to make the event at all, so that only a read tells them.

use crate::history::Handle;
use crate::request::Request;
use crate::shapes::{Metadata, Shape};
use crate::world::World;

impl World {
    /// A change by the company's software, or by a person on the dashboard.
    pub(crate) fn change_request(&mut self, at_us: i64) -> Request {
        if self.random.chance(self.config.billing.dashboard_changes) {
            self.automatic_step(at_us)
        } else {
            self.api_request(at_us)
        }
    }
}

/// Writes a note on an object of which no event ever tells.
pub(crate) fn fail_to_tell<T: Shape + Clone>(
    world: &mut World,
    at_us: i64,
    handle: Handle<T>,
    metadata_of: impl FnOnce(&mut T) -> &mut Metadata,
) {
    let word = world.random.token(6);
    let mut request = world.api_request(at_us);
    world.edit(&mut request, handle, |state| {
        metadata_of(state).insert("unheard".into(), word.into());
    });
    world.finish(request);
}
