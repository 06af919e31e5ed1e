/// One step of a schema, and never changed once it is released.
package struct Migration: Sendable {
    /// What the step is for, for people.
    package var summary: String
    /// The statements of the step, run in one transaction together with the new version number.
    package var sql: String

    package init(_ summary: String, sql: String) {
        self.summary = summary
        self.sql = sql
    }
}

/// What a database must be: whose it is, and the steps that lead to its current form.
///
/// The version of a database is the number of migrations it has had; it stands in SQLite's `user_version`, where
/// `sqlite3 FILE 'PRAGMA user_version'` shows it.
package struct StoreSchema: Sendable {
    /// What the database holds, as in "a worker's database".
    package var name: String
    /// SQLite's `application_id`, so that one daemon never opens the other's file: four ASCII characters.
    package var applicationID: Int32
    package var migrations: [Migration]
    /// Whether rows are removed, so that pages which nothing uses any more go back to the file system.
    ///
    /// See ``StoreFile/giveBackPages(_:in:)``. Others pay for the bookkeeping and gain nothing.
    package var givesBackPages: Bool

    package init(name: String, applicationID: Int32, migrations: [Migration], givesBackPages: Bool = false) {
        self.name = name
        self.applicationID = applicationID
        self.migrations = migrations
        self.givesBackPages = givesBackPages
    }

    /// The version that this software writes.
    package var version: Int { migrations.count }
}
