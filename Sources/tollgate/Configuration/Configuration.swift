import API
import FastCGI
import Payments

/// Everything the administrator decides, read from one file and checked as a whole before anything is started.
struct Configuration {
    /// Accepts the sample secrets of the documentation. A production start refuses them.
    var isDemo = false
    /// The state's folder.
    var state = "/var/lib/tollgate"
    /// Used when systemd passes no socket of that name; nil when there is none to make.
    var listen: SocketSettings?
    var admin: SocketSettings?
    var logsAccess = true
    /// The largest request body accepted; nginx's `client_max_body_size` should be the same.
    var maximumBodyBytes = 64 * 1024
    /// The parameter the API key comes in: the header's name as FastCGI writes it.
    var apiKeyParameter = "HTTP_X_API_KEY"
    var paths = RoutePaths()
    var shops: [ShopKeys] = []
    /// nil when the file says nothing of Stripe.
    var stripe: StripeSettings?
    /// nil when the file says nothing of merchants.
    var merchants: MerchantSettings?
    /// The files the secrets came from.
    var secretFiles: [String] = []
    /// What is allowed but should be changed.
    var warnings: [String] = []

    struct SocketSettings {
        var path: String
        /// Permission bits.
        var mode: UInt32
        var group: String?
    }
}
