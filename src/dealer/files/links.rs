//! Links in answers that were kept without them.

use crate::error::AppError;
use crate::files::Files;
use crate::graphql::kept_links::LinkMaker;

/// Makes a link to the file whose id was noted.
pub fn link_maker(files: &Files) -> LinkMaker {
    let files = files.clone();
    LinkMaker::new(move |context, file| {
        let file = file.parse().map_err(AppError::internal)?;
        Ok(files.download_url(context, file)?.url)
    })
}
