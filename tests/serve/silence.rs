//! How a connection ends, on either side. Sends nothing.

use std::net::Shutdown;

use crate::client::Client;

impl Client {
    /// Says that no more will come.
    pub(crate) fn hush(&self) {
        // The other side may have closed already.
        let _ = self.stream.shutdown(Shutdown::Write);
    }

    /// Waits until the other side closes; whether it did so without another word.
    pub(crate) fn is_closed(&mut self) -> bool {
        self.answer().is_none()
    }
}
