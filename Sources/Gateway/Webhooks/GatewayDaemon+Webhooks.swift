import GatewayStore
import Logging
import Operations

extension GatewayDaemon {
    /// What sends the messages of webhooks.
    ///
    /// - Throws: ``CommandError`` if the authorities of receivers' certificates cannot be read.
    static func webhookService(
        _ configuration: GatewayConfiguration.Webhooks,
        store: GatewayStore,
        clock: WallClock,
        logger: Logger
    ) throws(CommandError) -> WebhookService {
        if configuration.allowsInsecureTargets {
            logger.warning("webhooks may go to inside addresses, which is for development: allow_insecure_targets")
        }
        do {
            return WebhookService(
                store: store.webhooks,
                sender: try HTTPMessageSender(
                    allowsInside: configuration.allowsInsecureTargets,
                    caFile: configuration.caFile
                ),
                clock: clock,
                logger: logger
            )
        } catch {
            let file = configuration.caFile.map { " or of webhooks.ca_file (\($0))" } ?? ""
            throw CommandError(
                .usage,
                "the certificates of the system\(file) cannot be read: \(error)",
                hint: "install the package ca-certificates, or name a PEM file that this user may read",
                cause: error
            )
        }
    }
}
