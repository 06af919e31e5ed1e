import GRDB
import SQLiteStore
package import Signing

extension GatewayStore {
    /// Notes that a worker proved itself and announced what it is; joins the next commit.
    package func workerSeen(_ worker: Address, name: String, software: String, at milliseconds: Int64) {
        group.enqueue { database in
            try database.run(
                """
                INSERT INTO workers (address, name, software, first_seen_at_ms, last_seen_at_ms) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (address) DO UPDATE SET name = excluded.name, software = excluded.software,
                    last_seen_at_ms = excluded.last_seen_at_ms
                """,
                [worker.description, name, software, milliseconds, milliseconds]
            )
        }
    }
}
