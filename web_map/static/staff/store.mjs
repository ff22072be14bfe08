/**
 * What the device keeps for a tunnel: answers with the time they are of, and reports that wait to be sent.
 *
 * In IndexedDB, which holds through a reload and a restart.  Where the browser refuses it, in memory, and where the device
 * is full, what is to be sent: `isLasting` says so.
 */

const NAME = "ngis-staff";
const KEPT = "kept";
const WAITING = "waiting";
/** Numbers of what waits in memory, as the device is full, begin here: behind all that is on disk. */
const IN_MEMORY = 2 ** 52;

/**
 * @template T
 * @typedef {{value: T, at: number}} Kept a value and the time it is of, in milliseconds since 1970
 */

/**
 * @typedef {object} Store
 * @property {boolean} isLasting
 * @property {(key: string) => Promise<Kept<any> | null>} kept
 * @property {(key: string, value: unknown, at: number) => Promise<void>} keep
 * @property {() => Promise<void>} clear everything that is kept; what waits stays
 * @property {(entry: any) => Promise<number>} add to what waits; its number, which rises
 * @property {() => Promise<[number, any][]>} waiting in the order of their numbers
 * @property {(numbers: number[]) => Promise<void>} remove from what waits
 */

/** @returns {Promise<Store>} */
export async function openStore() {
  try {
    return lasting(await opened());
  } catch {
    return passing();
  }
}

/** @returns {Promise<IDBDatabase>} */
function opened() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(KEPT);
      request.result.createObjectStore(WAITING, { autoIncrement: true });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/**
 * @param {IDBDatabase} database
 * @returns {Store}
 */
function lasting(database) {
  /**
   * @template T
   * @param {string} name
   * @param {IDBTransactionMode} mode
   * @param {(store: IDBObjectStore) => IDBRequest<T> | void} act
   * @returns {Promise<T>} settled when the transaction is: what is written is on disk then
   */
  const within = (name, mode, act) =>
    new Promise((resolve, reject) => {
      const transaction = database.transaction(name, mode, { durability: "strict" });
      const request = act(transaction.objectStore(name));
      transaction.oncomplete = () => resolve(/** @type {T} */ (request ? request.result : undefined));
      transaction.onabort = () => reject(transaction.error);
    });
  const beside = passing();
  let isFull = false;
  return {
    get isLasting() {
      return !isFull;
    },
    kept: async (key) => (await within(KEPT, "readonly", (store) => store.get(key))) ?? null,
    keep: async (key, value, at) => {
      await within(KEPT, "readwrite", (store) => store.put({ value, at }, key));
    },
    clear: () => within(KEPT, "readwrite", (store) => void store.clear()),
    add: async (entry) => {
      // Behind what waits in memory already, so that their order stays.
      if ((await beside.waiting()).length === 0) {
        try {
          const number = Number(await within(WAITING, "readwrite", (store) => store.add(entry)));
          isFull = false;
          return number;
        } catch (error) {
          console.info(error); // what is sent all the same is not lost
        }
        isFull = true;
      }
      return IN_MEMORY + (await beside.add(entry));
    },
    waiting: async () => {
      const keys = await within(WAITING, "readonly", (store) => store.getAllKeys());
      const entries = await Promise.all(keys.map((key) => within(WAITING, "readonly", (store) => store.get(key))));
      // One that another tab has sent meanwhile is gone.
      /** @type {[number, any][]} */
      const onDisk = keys.flatMap((key, index) => (entries[index] === undefined ? [] : [[Number(key), entries[index]]]));
      const inMemory = (await beside.waiting()).map(([number, entry]) => [IN_MEMORY + number, entry]);
      return /** @type {[number, any][]} */ ([...onDisk, ...inMemory]);
    },
    remove: async (numbers) => {
      await beside.remove(numbers.map((number) => number - IN_MEMORY));
      await within(WAITING, "readwrite", (store) => {
        for (const number of numbers) store.delete(number);
      });
    },
  };
}

/** @returns {Store} */
function passing() {
  /** @type {Map<string, Kept<any>>} */
  const kept = new Map();
  /** @type {Map<number, any>} */
  const waiting = new Map();
  let last = 0;
  return {
    isLasting: false,
    kept: async (key) => kept.get(key) ?? null,
    keep: async (key, value, at) => void kept.set(key, { value, at }),
    clear: async () => kept.clear(),
    add: async (entry) => {
      waiting.set(++last, entry);
      return last;
    },
    waiting: async () => [...waiting],
    remove: async (numbers) => numbers.forEach((number) => waiting.delete(number)),
  };
}
