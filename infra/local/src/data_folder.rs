//! The folder of `--data`. Only its owner can read what is in it: names, mail addresses and digests of tokens.

use std::fs::{self, DirBuilder, OpenOptions, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use dynoxide::Database;
use rusqlite::Connection;

use crate::backends::dynamodb;

/// The database.
const FILE: &str = "dynamodb.sqlite";
/// A database that agents are being loaded into. It becomes the database when it is complete.
const DRAFT: &str = "dynamodb.sqlite.loading";
/// What SQLite adds to the name of a database for its own files; it gives them the permissions of the database.
const SQLITE_SUFFIXES: [&str; 2] = ["-wal", "-shm"];
const OWNER_ONLY_FOLDER: u32 = 0o700;
const OWNER_ONLY_FILE: u32 = 0o600;

/// A folder that exists, with a database in it or none.
pub struct DataFolder(PathBuf);

impl DataFolder {
    /// Creates the folder if it does not exist, and removes what an unfinished loading left.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn open(path: &Path) -> Result<Self> {
        let folder = Self(path.to_owned());
        folder
            .prepare()
            .with_context(|| format!("cannot use the folder {}", path.display()))?;
        Ok(folder)
    }

    fn prepare(&self) -> Result<()> {
        let mut create = DirBuilder::new();
        create.recursive(true).mode(OWNER_ONLY_FOLDER);
        create.create(&self.0)?;
        // A folder that holds other things too may have other readers.
        if self.holds_only_databases()? {
            fs::set_permissions(&self.0, Permissions::from_mode(OWNER_ONLY_FOLDER))?;
        }
        remove(&self.0.join(DRAFT))?;
        for file in with_sqlite_files(&self.0.join(FILE)) {
            if file.exists() {
                fs::set_permissions(&file, Permissions::from_mode(OWNER_ONLY_FILE))?;
            }
        }
        Ok(())
    }

    fn holds_only_databases(&self) -> Result<bool> {
        for entry in fs::read_dir(&self.0)? {
            if !entry?.file_name().to_string_lossy().starts_with(FILE) {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The database, created if it does not exist.
    ///
    /// # Errors
    /// The file cannot be used.
    pub fn database(&self) -> Result<Database> {
        open_for_owner(&self.0.join(FILE))
    }

    /// A copy of the database to load agents into. The database is not changed until [`Self::replace_by_draft`].
    ///
    /// # Errors
    /// The files cannot be used, or the disk is full.
    pub fn draft(&self) -> Result<Database> {
        let draft = self.0.join(DRAFT);
        create_for_owner(&draft)?;
        let database = self.database()?;
        database
            .vacuum_into(&draft.to_string_lossy())
            .with_context(|| format!("cannot write {}", draft.display()))?;
        open_for_owner(&draft)
    }

    /// Makes the draft the database, in one step: if the program is stopped before, the old database stays.
    ///
    /// # Errors
    /// The files cannot be used, or the disk is full.
    pub fn replace_by_draft(&self, draft: Database) -> Result<Database> {
        drop(draft);
        let (file, draft) = (self.0.join(FILE), self.0.join(DRAFT));
        complete(&draft).with_context(|| format!("cannot complete {}", draft.display()))?;
        for stale in with_sqlite_files(&file).skip(1) {
            remove_file(&stale)?;
        }
        fs::rename(&draft, &file).with_context(|| format!("cannot rename {}", draft.display()))?;
        remove(&draft)?;
        self.database()
    }
}

/// Moves everything from SQLite's own files into the database, whose file is then all of it, and on the disk.
fn complete(file: &Path) -> Result<()> {
    let sqlite = Connection::open(file)?;
    let busy: i64 = sqlite.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    ensure!(busy == 0, "it is in use");
    fs::File::open(file)?.sync_all()?;
    Ok(())
}

fn open_for_owner(file: &Path) -> Result<Database> {
    create_for_owner(file)?;
    dynamodb::open_file(file)
}

/// An empty file is a database with nothing in it.
fn create_for_owner(file: &Path) -> Result<()> {
    let mut create = OpenOptions::new();
    create.append(true).create(true).mode(OWNER_ONLY_FILE);
    let created = create.open(file);
    created.with_context(|| format!("cannot use {}", file.display()))?;
    Ok(())
}

/// A database's file, and then those that SQLite keeps beside it.
fn with_sqlite_files(file: &Path) -> impl Iterator<Item = PathBuf> {
    let beside = SQLITE_SUFFIXES.map(|suffix| {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    });
    std::iter::once(file.to_owned()).chain(beside)
}

fn remove(database: &Path) -> Result<()> {
    with_sqlite_files(database).try_for_each(|file| remove_file(&file))
}

fn remove_file(file: &Path) -> Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", file.display()))
        }
        _ => Ok(()),
    }
}
