/** Who may run what: the weight of an action's signers against what each of its operations needs. */
package ninja.mig.acl;
