/**
 * Slurm on this machine alone, for as long as a test runs: its three daemons with a configuration of their own, in a folder of
 * their own, as whoever runs the tests. It needs no systemd, no control groups and no accounting, so it works in containers.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { Ended } from "./launch.ts";

/** As many tasks at a time as the tests want, whatever the machine has. */
const CORES = 8;
const SECONDS_TO_START = 30;

interface Daemon {
  readonly name: string;
  readonly process: ChildProcess;
  readonly log: string;
}

/** Ports that nobody uses. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    (server) =>
      new Promise<number>((resolve, reject) => {
        server.on("error", reject);
        server.listen(0, "127.0.0.1", () => {
          const address = server.address();
          resolve(typeof address === "object" && address !== null ? address.port : 0);
        });
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return found;
}

function configuration(folder: string, node: string, [controllerPort, nodePort]: readonly number[]): string {
  const user = userInfo().username;
  return `
ClusterName=h5ts
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
SlurmUser=${user}
SlurmdUser=${user}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CredType=cred/munge
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
SchedulerType=sched/builtin
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
NodeName=${node} NodeAddr=127.0.0.1 CPUs=${CORES} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
`;
}

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export class Slurm {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #daemons: Daemon[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
    // Daemons are in folders that only root has in its path.
    const PATH = `${process.env.PATH}:/usr/sbin:/sbin`;
    this.#env = { ...process.env, PATH, SLURM_CONF: join(folder, "slurm.conf") };
  }

  /** @throws Error with what the daemons told when there is no Slurm, or it does not come up. */
  static async start(): Promise<Slurm> {
    const folder = mkdtempSync(join(tmpdir(), "h5ts-slurm-"));
    const slurm = new Slurm(folder);
    try {
      await slurm.#start();
    } catch (error) {
      await slurm.stop();
      throw error;
    }
    return slurm;
  }

  async #start(): Promise<void> {
    const folder = this.#folder;
    const node = hostname().split(".", 1)[0] ?? "localhost";
    for (const name of ["state", "spool"]) mkdirSync(join(folder, name));
    writeFileSync(join(folder, "munge.key"), randomBytes(1024), { mode: 0o400 });
    writeFileSync(join(folder, "slurm.conf"), configuration(folder, node, await freePorts(2)));
    const munge = ["key", "pid", "log", "seed"].map((what) => `--${what}-file=${folder}/munge.${what}`);
    this.#begin("munged", ["--foreground", "--force", `--socket=${folder}/munge.socket`, ...munge]);
    await this.#until("munged listens", () => existsSync(join(folder, "munge.socket")));
    this.#begin("slurmctld", ["-D", "-c"]);
    this.#begin("slurmd", ["-D", "-N", node]);
    await this.#until("a node is idle", () => this.run("sinfo", ["--noheader", "--format=%t"]).stdout === "idle\n");
  }

  #begin(name: string, args: readonly string[]): void {
    const log = join(this.#folder, `${name}.output`);
    const daemon = spawn("sh", ["-c", `exec "$0" "$@" >'${log}' 2>&1`, name, ...args], { env: this.#env });
    this.#daemons.push({ name, process: daemon, log });
  }

  async #until(what: string, holds: () => boolean): Promise<void> {
    const end = performance.now() + 1000 * SECONDS_TO_START;
    while (!holds()) {
      const dead = this.#daemons.find(({ process }) => process.exitCode !== null);
      if (dead === undefined && performance.now() < end) await pause(100);
      else throw new Error(`the peer suite needs Slurm (slurm-wlm, munge): not so far that ${what}:\n${this.#told()}`);
    }
  }

  #told(): string {
    const texts = this.#daemons.map(({ name, log }) => `${name}: ${existsSync(log) ? readFileSync(log, "utf8") : ""}`);
    return texts.join("\n");
  }

  /** Runs one of Slurm's commands: srun, sbatch, ... */
  run(command: string, args: readonly string[]): Ended {
    const { status, stdout, stderr } = spawnSync(command, args, { env: this.#env, encoding: "utf8", timeout: 60_000 });
    return { status, stdout: stdout ?? "", stderr: stderr ?? "" };
  }

  /** Ends jobs and daemons, the last one first. */
  async stop(): Promise<void> {
    for (const { process } of this.#daemons.reverse()) {
      if (process.exitCode !== null) continue;
      const ended = new Promise((resolve) => process.on("exit", resolve));
      process.kill("SIGTERM");
      const last = setTimeout(() => process.kill("SIGKILL"), 5000);
      await ended;
      clearTimeout(last);
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
