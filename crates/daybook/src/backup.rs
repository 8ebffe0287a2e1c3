//! What backups are made of: the manifest, the folder that is not finished yet, the files in it. The commands do the rest.

mod files;
mod manifest;
mod unfinished;

pub(crate) use files::{
    Part, copy_file, copy_rejects, hash_file, make_folder, outer, rejects, sync,
};
pub(crate) use manifest::{MANIFEST, Manifest};
pub(crate) use unfinished::Unfinished;
