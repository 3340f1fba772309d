/** What fills the middle of the screen. */
export type Panel = 'groups' | 'detail' | 'sysctl' | 'advice' | 'what-if' | 'help';
