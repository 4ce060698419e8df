/// What requests are served by, and what a reload replaces in one step.
///
/// A request keeps the generation it began with to its end: the one that read it also decides, answers and counts it.
package final class Generation: Sendable {
    let handler: any RequestHandler
    /// Its limits and its security headers hold for this generation; what needs threads or sockets stays as it was at
    /// the start.
    let configuration: ServerConfiguration
    let accessLog: AccessLog?

    package init(handler: any RequestHandler, configuration: ServerConfiguration, accessLog: AccessLog?) {
        self.handler = handler
        self.configuration = configuration
        self.accessLog = accessLog
    }
}
