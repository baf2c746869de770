import ArgumentParser
import Foundation

/// The same step in JAX or PyTorch, in a process that waits between the rounds.
final class StepPeer {
  let framework: String
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(framework: String, python: String, workload: Workload, threads: Int) throws {
    self.framework = framework
    let isKnown =
      workload.kind == .mlp && [.bbb, .mog, .lrt].contains(workload.mode)
      || workload.kind == .lenet5 && workload.mode == .map && framework == "torch"
    guard isKnown else {
      throw ValidationError(
        "there is no \(framework) step for --network \(workload.kind.rawValue) --mode \(workload.mode.rawValue)")
    }
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      python, "-c", Self.script, framework, workload.kind == .mlp ? workload.mode.rawValue : "lenet",
      "\(workload.hidden)", "\(threads)", "\(workload.batch)", "\(workload.samples)",
    ]
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    guard try line() == "ready" else {
      throw ValidationError("\(python) did not run \(framework); is it installed there?")
    }
  }

  deinit {
    try? input.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  /// Milliseconds of each of so many steps.
  func measure(steps: Int) throws -> [Double] {
    try input.fileHandleForWriting.write(contentsOf: Data("\(steps)\n".utf8))
    return try line().split(separator: " ").compactMap { Double($0) }
  }

  private func line() throws -> String {
    var bytes: [UInt8] = []
    while let byte = try output.fileHandleForReading.read(upToCount: 1)?.first, byte != 10 { bytes.append(byte) }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static let script = """
    import os, sys, time
    framework, mode = sys.argv[1:3]
    hidden, threads, batch, samples = map(int, sys.argv[3:7])
    os.environ["OMP_NUM_THREADS"] = str(threads)
    if framework == "jax":
        parallel = "false" if threads == 1 else "true"
        os.environ["XLA_FLAGS"] = f"--xla_cpu_multi_thread_eigen={parallel} intra_op_parallelism_threads={threads}"
        if threads == 1:
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    import numpy as np
    random = np.random.default_rng(0)
    images = random.random((batch, 784), dtype=np.float32)
    labels = random.integers(0, 10, batch)
    sizes = [784, hidden, hidden, 10]
    shapes = [s for i, o in zip(sizes, sizes[1:]) for s in ((i, o), (o,))]
    weight = batch / 60000
    narrow = float(np.exp(-7))

    def torch_step():
        import torch
        import torch.nn.functional as F
        torch.set_num_threads(threads)
        x, y = torch.tensor(images), torch.tensor(labels)
        if mode == "lenet":
            net = torch.nn.Sequential(
                torch.nn.Conv2d(1, 6, 5, padding=2), torch.nn.ReLU(), torch.nn.MaxPool2d(2),
                torch.nn.Conv2d(6, 16, 5), torch.nn.ReLU(), torch.nn.MaxPool2d(2), torch.nn.Flatten(),
                torch.nn.Linear(400, 120), torch.nn.ReLU(), torch.nn.Linear(120, 84), torch.nn.ReLU(),
                torch.nn.Linear(84, 10))
            pictures = x.reshape(batch, 1, 28, 28)
            adam = torch.optim.Adam(net.parameters(), lr=1e-4, foreach=True)
            def step():
                adam.zero_grad(set_to_none=True)
                penalty = sum((p * p).sum() for p in net.parameters())
                loss = F.cross_entropy(net(pictures), y, reduction="sum") + 0.5 * weight * penalty
                (loss / batch).backward()
                adam.step()
                return float(loss.detach())
            return step
        mean = [torch.empty(s).uniform_(-0.2, 0.2).requires_grad_() for s in shapes]
        rho = [torch.empty(s).uniform_(-5, -4).requires_grad_() for s in shapes]
        adam = torch.optim.Adam(mean + rho, lr=1e-4, foreach=True)
        def log_prior(w):
            if mode == "bbb":
                return -0.5 * (w * w).sum()
            return torch.logaddexp(-0.5 * w * w, -0.5 * (w / narrow) ** 2 + 7).sum()
        def sampled(scale):
            w, complexity = [], 0.0
            for m, s in zip(mean, scale):
                noise = torch.randn_like(m)
                w.append(m + s * noise)
                complexity = complexity - s.log().sum() - 0.5 * (noise * noise).sum() - log_prior(w[-1])
            h = x
            for l in range(3):
                h = h @ w[2 * l] + w[2 * l + 1]
                h = F.relu(h) if l < 2 else h
            return F.cross_entropy(h, y, reduction="sum") + weight * complexity
        def local(scale):
            h = x
            for l in range(3):
                m = h @ mean[2 * l] + mean[2 * l + 1]
                v = (h * h) @ scale[2 * l] ** 2 + scale[2 * l + 1] ** 2
                h = m + torch.sqrt(v + 1e-16) * torch.randn_like(m)
                h = F.relu(h) if l < 2 else h
            return F.cross_entropy(h, y, reduction="sum")
        def step():
            adam.zero_grad(set_to_none=True)
            scale = [F.softplus(r) for r in rho]
            loss = sum((local if mode == "lrt" else sampled)(scale) for _ in range(samples)) / samples
            if mode == "lrt":
                loss = loss + weight * sum((-s.log() + 0.5 * (s * s + m * m)).sum() for m, s in zip(mean, scale))
            (loss / batch).backward()
            adam.step()
            return float(loss.detach())
        return step

    def jax_step():
        import jax, optax
        import jax.numpy as jnp
        x, y = jnp.array(images), jnp.array(labels)
        keys = jax.random.split(jax.random.PRNGKey(0), 2 * len(shapes) + 1)
        mean = [jax.random.uniform(k, s, minval=-0.2, maxval=0.2) for k, s in zip(keys, shapes)]
        rho = [jax.random.uniform(k, s, minval=-5, maxval=-4) for k, s in zip(keys[6:], shapes)]
        adam = optax.adam(1e-4)
        def cross_entropy(h):
            return -jnp.take_along_axis(jax.nn.log_softmax(h), y[:, None], 1).sum()
        def one(mean, scale, key):
            keys = jax.random.split(key, 6)
            h = x
            if mode == "lrt":
                for l in range(3):
                    m = h @ mean[2 * l] + mean[2 * l + 1]
                    v = (h * h) @ scale[2 * l] ** 2 + scale[2 * l + 1] ** 2
                    h = m + jnp.sqrt(v + 1e-16) * jax.random.normal(keys[l], m.shape)
                    h = jax.nn.relu(h) if l < 2 else h
                return cross_entropy(h)
            w, complexity = [], 0.0
            for m, s, k in zip(mean, scale, keys):
                noise = jax.random.normal(k, m.shape)
                v = m + s * noise
                if mode == "bbb":
                    prior = -0.5 * v * v
                else:
                    prior = jnp.logaddexp(-0.5 * v * v, -0.5 * (v / narrow) ** 2 + 7)
                complexity += (-jnp.log(s) - 0.5 * noise * noise - prior).sum()
                w.append(v)
            for l in range(3):
                h = h @ w[2 * l] + w[2 * l + 1]
                h = jax.nn.relu(h) if l < 2 else h
            return cross_entropy(h) + weight * complexity
        def loss(parameters, key):
            mean, rho = parameters
            scale = [jax.nn.softplus(r) for r in rho]
            value = sum(one(mean, scale, k) for k in jax.random.split(key, samples)) / samples
            if mode == "lrt":
                value += weight * sum((-jnp.log(s) + 0.5 * (s * s + m * m)).sum() for m, s in zip(mean, scale))
            return value / batch
        @jax.jit
        def update(parameters, state, key):
            key, sub = jax.random.split(key)
            value, gradient = jax.value_and_grad(loss)(parameters, sub)
            change, state = adam.update(gradient, state)
            return optax.apply_updates(parameters, change), state, key, value
        box = [(mean, rho), adam.init((mean, rho)), keys[-1]]
        def step():
            *box[:], value = update(*box)
            value.block_until_ready()
        return step

    step = torch_step() if framework == "torch" else jax_step()
    for _ in range(5):
        step()
    print("ready", flush=True)
    for request in sys.stdin:
        times = []
        for _ in range(int(request)):
            start = time.perf_counter()
            step()
            times.append(f"{1e3 * (time.perf_counter() - start):.5f}")
        print(" ".join(times), flush=True)
    """
}
