/** Every optional field of a scenario, with what shows its effect. */

export const RACKS =
  '"kind":"racks","nodesPerRack":2,"oversubscription":1,"bandwidth":1e8,"latency":1e-5';
export const TREE = '"kind":"fat-tree","bandwidth":1e8,"latency":1e-5';
const LINK = '"kind":"links","bandwidth":1e8,"latency":1e-5,"links":';
const WIRES = (more: string) =>
  `cluster.network={${LINK}[{"from":0,"to":1${more}},{"from":1,"to":2},{"from":2,"to":0}]}`;
export const SLOW = (more: string) => `faults=[{"kind":"slow","factor":3,${more}}]`;
export const CUT = (more: string) => `faults=[{"kind":"loss","probability":0.5,"at":0${more}}]`;
export const WORSE = (more: string) => `faults=[{"kind":"degrade","at":0,${more}}]`;
export const CRASH = (more: string) =>
  `faults=[{"kind":"crash","at":"150 us","node":0,"for":"50 us"${more}}]`;
const SEVERED = 'faults=[{"kind":"cut","at":"10 us","between":[0,1]}]';
const EVERY = '"every":"100 us","node":0,"for":"50 us"';

/** Two layers a node, for protocols that need as many. */
const TABLE = (first: string, more = '') => [
  `model={"kind":"costs","inputElements":4,"layers":[{${first}},${Array(5).fill(`{${FLOPS}}`).join()}]${more}}`,
  'training.numerics=cost',
  'data={"kind":"none"}',
];
const SHAPE = '"name":"a","parameters":30,"outputElements":400';
const FLOPS = `${SHAPE},"forwardFlops":100,"backwardFlops":200`;
/** So much work that it has a node of its own. */
const HEAVY = `${SHAPE},"forwardFlops":1000,"backwardFlops":2000`;
const TIMES = `${SHAPE},"forwardSeconds":1e-4,"backwardSeconds":2e-4`;
const HALVES = `${SHAPE},"forwardFlops":100,"inputGradientFlops":90,"weightGradientFlops":110`;
const TIME_HALVES = `${SHAPE},"forwardSeconds":1e-4,"inputGradientSeconds":1e-4,"weightGradientSeconds":1e-4`;
const ROW = (backward: string) =>
  `${SHAPE},"times":[{"samples":1,"forward":1e-4,${backward}},{"samples":64,"forward":1e-2,"backward":1e-2}]`;

/** What is set beforehand, and what the field is set to; null: it is told elsewhere, for the reason given. */
export const FIELDS: Readonly<Record<string, [string[], string] | string>> = {
  $schema: 'it is for editors',
  seed: [[], 'seed=2'],
  'cluster.host': 'it is needed, unless there are hosts',
  'cluster.host.memory': [[], 'cluster.host.memory=64 B'],
  'cluster.host.taskOverhead': [[], 'cluster.host.taskOverhead=20 us'],
  'cluster.host.efficiency': [[], 'cluster.host.efficiency=0.5'],
  'cluster.host.memoryBandwidth': [[], 'cluster.host.memoryBandwidth=1 MB/s'],
  'cluster.host.bandwidth': [[], 'cluster.host.bandwidth=1 MB/s'],
  'cluster.host.latency': [[], 'cluster.host.latency=1 ms'],
  'cluster.host.sending': [[], 'cluster.host.sending={"overhead":"20 us"}'],
  'cluster.host.sending.overhead': [
    ['cluster.host.sending={"bandwidth":"1 GB/s"}'],
    'cluster.host.sending.overhead=20 us',
  ],
  'cluster.host.sending.bandwidth': [
    ['cluster.host.sending={"overhead":"20 us"}'],
    'cluster.host.sending.bandwidth=1 MB/s',
  ],
  'cluster.host.receiving': [[], 'cluster.host.receiving={"overhead":"20 us"}'],
  'cluster.host.receiving.overhead': [
    ['cluster.host.receiving={"bandwidth":"1 GB/s"}'],
    'cluster.host.receiving.overhead=20 us',
  ],
  'cluster.host.receiving.bandwidth': [
    ['cluster.host.receiving={"overhead":"20 us"}'],
    'cluster.host.receiving.bandwidth=1 MB/s',
  ],
  'cluster.host.disk': [[], 'cluster.host.disk={"latency":"1 ms"}'],
  'cluster.host.disk.latency': [['cluster.host.disk={}'], 'cluster.host.disk.latency=1 ms'],
  'cluster.host.disk.bandwidth': [['cluster.host.disk={}'], 'cluster.host.disk.bandwidth=1 MB/s'],
  'cluster.hosts': 'it stands instead of host',
  'cluster.profile': 'it stands instead of network, and of what host says',
  'cluster.hosts.memory': 'as of host',
  'cluster.hosts.taskOverhead': 'as of host',
  'cluster.hosts.efficiency': 'as of host',
  'cluster.hosts.memoryBandwidth': 'as of host',
  'cluster.hosts.bandwidth': 'as of host',
  'cluster.hosts.latency': 'as of host',
  'cluster.hosts.sending': 'as of host',
  'cluster.hosts.sending.overhead': 'as of host',
  'cluster.hosts.sending.bandwidth': 'as of host',
  'cluster.hosts.receiving': 'as of host',
  'cluster.hosts.receiving.overhead': 'as of host',
  'cluster.hosts.receiving.bandwidth': 'as of host',
  'cluster.hosts.disk': 'as of host',
  'cluster.hosts.disk.latency': 'as of host',
  'cluster.hosts.disk.bandwidth': 'as of host',
  // Neighbours alone share no link of a star.
  'cluster.network.sharing': [[`cluster.network={${RACKS}}`], 'cluster.network.sharing=fifo'],
  'cluster.network.rerouteAfter': [
    ['cluster.network.kind=ring', SEVERED],
    'cluster.network.rerouteAfter=20 us',
  ],
  'cluster.network.rows': [
    ['cluster.nodes=4', 'cluster.network.kind=torus'],
    'cluster.network.rows=1',
  ],
  'cluster.network.coreLatency': [
    [`cluster.network={${RACKS}}`],
    `cluster.network={${RACKS},"coreLatency":1}`,
  ],
  'cluster.network.ports': [[`cluster.network={${TREE}}`], `cluster.network={${TREE},"ports":2}`],
  'cluster.network.links.bandwidth': [[WIRES('')], WIRES(',"bandwidth":1e4')],
  'cluster.network.links.latency': [[WIRES('')], WIRES(',"latency":0.1')],
  'cluster.network.links.oneWay': [[WIRES('')], WIRES(',"oneWay":true')],
  'cluster.jitter': 'as its parts',
  'cluster.jitter.compute': [[], 'cluster.jitter={"compute":{"kind":"exponential","mean":1}}'],
  'cluster.jitter.latency': [[], 'cluster.jitter={"latency":{"kind":"exponential","mean":1}}'],
  'cluster.machines': 'what sharing does has tests of its own',
  'model.times': 'a profile has it: what it does has tests of its own',
  'model.times.backward': 'as of a table',
  'model.times.inputGradient': 'as of a table',
  'model.times.weightGradient': 'as of a table',
  'model.activation': 'there is one',
  'model.layers.repeat': 'it is a layer more',
  'model.layers.forwardFlops': 'it is needed, unless there are times',
  'model.layers.backwardFlops': 'it is needed, unless there are times',
  'model.layers.forwardSeconds': [
    TABLE(TIMES, ',"referenceSpeed":1e8'),
    'model.layers[0].forwardSeconds=3e-4',
  ],
  'model.layers.backwardSeconds': [
    TABLE(TIMES, ',"referenceSpeed":1e8'),
    'model.layers[0].backwardSeconds=3e-4',
  ],
  'model.layers.inputGradientFlops': [TABLE(HALVES), 'model.layers[0].inputGradientFlops=900'],
  'model.layers.weightGradientFlops': [TABLE(HALVES), 'model.layers[0].weightGradientFlops=900'],
  'model.layers.inputGradientSeconds': [
    TABLE(TIME_HALVES, ',"referenceSpeed":1e8'),
    'model.layers[0].inputGradientSeconds=9e-4',
  ],
  'model.layers.weightGradientSeconds': [
    TABLE(TIME_HALVES, ',"referenceSpeed":1e8'),
    'model.layers[0].weightGradientSeconds=9e-4',
  ],
  'model.layers.times': 'as its parts',
  'model.layers.times.backward': [
    TABLE(ROW('"backward":2e-4'), ',"referenceSpeed":1e8'),
    'model.layers[0].times[0].backward=9e-4',
  ],
  'model.layers.times.inputGradient': [
    TABLE(ROW('"inputGradient":1e-4,"weightGradient":1e-4'), ',"referenceSpeed":1e8'),
    'model.layers[0].times[0].inputGradient=9e-4',
  ],
  'model.layers.times.weightGradient': [
    TABLE(ROW('"inputGradient":1e-4,"weightGradient":1e-4'), ',"referenceSpeed":1e8'),
    'model.layers[0].times[0].weightGradient=9e-4',
  ],
  'model.layers.overhead': [TABLE(FLOPS), 'model.layers[0].overhead=1 ms'],
  'model.layers.splits': [
    TABLE(`${SHAPE},"forwardFlops":9e6,"backwardFlops":9e6`),
    'model.layers[0].splits=4',
  ],
  'model.bounds': [TABLE(FLOPS), 'model.bounds=[0,1,2,6]'],
  'model.stages': [
    [
      ...TABLE(FLOPS),
      ...['z', 'y', 'x'].map((name, layer) => `model.layers[${layer}].name=${name}`),
    ],
    'model.stages=["z","y","x"]',
  ],
  'model.layers.carryElements': [TABLE(HEAVY), 'model.layers[0].carryElements=1'],
  'model.layers.keptElements': [TABLE(FLOPS), 'model.layers[0].keptElements=1'],
  'model.measuredSamples': [TABLE(TIMES, ',"referenceSpeed":1e8'), 'model.measuredSamples=3'],
  'model.referenceSpeed': [TABLE(TIMES, ',"referenceSpeed":1e8'), 'model.referenceSpeed=2e8'],
  data: 'it is needed under exact numerics, and told under cost numerics below',
  'data.train': [[], 'data.train=32'],
  'data.test': [[], 'data.test=8'],
  'training.microBatches': [[], 'training.microBatches=4'],
  'training.learningRate': [[], 'training.learningRate=0.2'],
  'training.optimizer': [[], 'training.optimizer=adam'],
  'training.optimizer.momentum': [
    ['training.optimizer={"kind":"momentum"}'],
    'training.optimizer.momentum=0.5',
  ],
  'training.optimizer.beta1': [
    ['training.optimizer={"kind":"adam"}'],
    'training.optimizer.beta1=0.5',
  ],
  'training.optimizer.beta2': [
    ['training.optimizer={"kind":"adam"}'],
    'training.optimizer.beta2=0.5',
  ],
  'training.optimizer.epsilon': [
    ['training.optimizer={"kind":"adam"}'],
    'training.optimizer.epsilon=0.5',
  ],
  'training.numerics': [[], 'training.numerics=cost'],
  'training.precision': [[], 'training.precision=64'],
  'training.bytes': 'as its parts',
  ...Object.fromEntries(
    ['weights', 'gradients', 'optimizer', 'master', 'activations', 'wire'].map((kind) => [
      `training.bytes.${kind}`,
      [[...TABLE(FLOPS), 'training.optimizer=adam'], `training.bytes={"${kind}":9}`],
    ]),
  ),
  'training.evaluateEvery': [['training.evaluateEvery=0'], 'training.evaluateEvery=1'],
  'protocol.label': 'it is a name',
  faults: [[], SLOW('"at":0,"node":0')],
  'faults.at': [[SLOW('"at":0,"node":0')], SLOW('"at":"100 us","node":0')],
  'faults.every': [
    [SLOW('"every":1,"node":0,"for":"5 us"')],
    SLOW('"every":"20 us","node":0,"for":"5 us"'),
  ],
  'faults.shape': [[SLOW(EVERY)], SLOW(`${EVERY},"shape":3`)],
  'faults.from': [[SLOW(EVERY)], SLOW(`${EVERY},"from":"100 us"`)],
  'faults.trace.disk': 'as of a crash',
  'faults.until': [[SLOW(EVERY)], SLOW(`${EVERY},"until":"110 us"`)],
  'faults.node': [[SLOW('"at":0,"node":0')], SLOW('"at":0,"node":1')],
  'faults.nodes': [[SLOW('"at":0,"nodes":[0]')], SLOW('"at":0,"nodes":[0,1]')],
  'faults.role': 'roles are those of one protocol',
  'faults.rack': [[`cluster.network={${RACKS}}`, SLOW('"at":0,"rack":0')], SLOW('"at":0,"rack":1')],
  'faults.random': [[SLOW('"at":0,"random":1')], SLOW('"at":0,"random":3')],
  'faults.neighbours': [[SLOW('"at":0,"neighbours":1')], SLOW('"at":0,"neighbours":3')],
  'faults.for': [[SLOW('"at":0,"node":0')], SLOW('"at":0,"node":0,"for":"10 us"')],
  'faults.disk': [[CRASH('')], CRASH(',"disk":"lost"')],
  'faults.between': [[CUT('')], CUT(',"between":[0,2]')],
  'faults.oneWay': [[CUT(',"between":[0,2]')], CUT(',"between":[0,2],"oneWay":true')],
  'faults.bandwidth': [[WORSE('"latency":2')], WORSE('"latency":2,"bandwidth":0.001')],
  'faults.latency': [[WORSE('"bandwidth":0.5')], WORSE('"bandwidth":0.5,"latency":9')],
  detector: [[SLOW('"at":0,"node":0')], 'detector={"heartbeat":"150 us"}'],
  'detector.heartbeat': [['detector={"misses":3}'], 'detector.heartbeat=150 us'],
  'detector.misses': [
    ['faults=[{"kind":"pause","at":"50 us","node":2,"for":"650 us"}]', 'detector.misses=2'],
    'detector.misses=9',
  ],
  checkpoint: [[], 'checkpoint={"every":2,"to":{"bandwidth":1e9,"latency":1e-6}}'],
  stop: 'as its parts',
  'stop.time': [[], 'stop.time=100 us'],
  'stop.loss': [[], 'stop.loss=100'],
  'stop.accuracy': [[], 'stop.accuracy=0.01'],
  'stop.diverged': [['training.learningRate=1e30'], 'stop.diverged=false'],
  expect: 'it is told to --check alone',
  'expect.of': 'as expect',
  'expect.atLeast': 'as expect',
  'expect.atLeast.value': 'as expect',
  'expect.atLeast.times': 'as expect',
  'expect.atMost': 'as expect',
  'expect.atMost.value': 'as expect',
  'expect.atMost.times': 'as expect',
};
