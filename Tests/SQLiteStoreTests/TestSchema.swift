import SQLiteStore

extension StoreSchema {
    static let notesTable = Migration(
        "notes",
        sql: "CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT"
    )
    static let tagColumn = Migration("tags", sql: "ALTER TABLE notes ADD COLUMN tag TEXT NOT NULL DEFAULT 'none'")

    /// Version 1 and version 2 of one database.
    static let first = StoreSchema(name: "a database of notes", applicationID: 0x4E4F_5445, migrations: [notesTable])
    static let second = StoreSchema(
        name: "a database of notes",
        applicationID: 0x4E4F_5445,
        migrations: [notesTable, tagColumn]
    )
}
