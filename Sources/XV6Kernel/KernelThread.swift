#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// The right to run. The thread that got its baton runs; every other thread waits for its own.
///
/// A binary semaphore, made of a mutex and a condition variable: every host has them, and the thread
/// sanitizer understands them. What a thread wrote before `pass()`, the other thread sees after `take()`.
final class Baton: @unchecked Sendable {
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  /// Guarded by `mutex`.
  private let passed = UnsafeMutablePointer<Bool>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
    passed.initialize(to: false)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    passed.deallocate()
    condition.deallocate()
    mutex.deallocate()
  }

  /// Lets the waiting thread go on, or the next one that will wait.
  func pass() {
    pthread_mutex_lock(mutex)
    passed.pointee = true
    pthread_mutex_unlock(mutex)
    // After the unlock, so that the woken thread does not have to wait for the mutex.
    pthread_cond_signal(condition)
  }

  /// Waits until someone passes this baton.
  func take() {
    pthread_mutex_lock(mutex)
    while !passed.pointee { pthread_cond_wait(condition, mutex) }
    passed.pointee = false
    pthread_mutex_unlock(mutex)
  }
}

/// A host thread with a stack of a given size. It must be joined or detached exactly once.
struct KernelThread {
  private let thread: pthread_t

  private final class Body {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
  }

  /// Starts a thread that runs `body`; nil if the host refuses another thread.
  init?(stackSize: Int, _ body: @escaping () -> Void) {
    var attributes = pthread_attr_t()
    guard pthread_attr_init(&attributes) == 0 else { return nil }
    defer { pthread_attr_destroy(&attributes) }
    guard pthread_attr_setstacksize(&attributes, stackSize) == 0 else { return nil }
    let context = Unmanaged.passRetained(Body(body))
    #if canImport(Darwin)
      var handle: pthread_t?
    #else
      var handle = pthread_t()
    #endif
    let status = pthread_create(&handle, &attributes, startKernelThread, context.toOpaque())
    #if canImport(Darwin)
      guard status == 0, let handle else {
        context.release()
        return nil
      }
    #else
      guard status == 0 else {
        context.release()
        return nil
      }
    #endif
    thread = handle
  }

  /// Waits until the thread's body has returned, then frees the thread.
  func join() { pthread_join(thread, nil) }

  /// Lets the thread go on without anybody who waits for its end. It must not be joined then.
  func detach() { pthread_detach(thread) }

  fileprivate static func start(_ context: UnsafeMutableRawPointer) {
    Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
  }
}

#if canImport(Darwin)
  private func startKernelThread(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    KernelThread.start(context)
    return nil
  }
#else
  private func startKernelThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let context { KernelThread.start(context) }
    return nil
  }
#endif
